import { context, createContextKey, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { isTracingSuppressed } from "@opentelemetry/core";
import { describe, expect, it } from "vitest";
import type { LogDraft } from "../../src/base/log-types.ts";
import { Delivery } from "../../src/deliver/index.ts";
import type { LogApiSink, SeenRequest } from "../log-api-sink.ts";
import { complete, create, draft, smallTrace, update } from "./operations.ts";
import { startPair } from "./start-delivery.ts";

/** A flow with a nested flow and a tool in it, all with the query's parameters on the tool. */
function nested(): { root: LogDraft; inner: LogDraft; tool: LogDraft } {
  const root = draft("flow", "r");
  const inner = draft("flow", "i", root);
  const tool = draft("tool", "t", inner, { output: "größer ✓", session_id: "s1" });
  const query = { versionId: "v7", deployedEnvironment: "production" };
  return { root, inner, tool: { ...tool, query } };
}

const sent = ({ requests }: LogApiSink, path: string): SeenRequest[] =>
  requests.filter((request) => request.path === path);

describe("the batch wire", () => {
  it("puts a whole trace in one request, each entry in the server's words", async () => {
    const { sink, delivery } = await startPair({ batch: true });
    const { root, inner, tool } = nested();

    delivery.submit([create(root), create(inner), create(tool), complete(inner), complete(root)]);
    await delivery.flush(5_000);

    expect(sent(sink, "/logs/batch").map(({ body }) => body.logs)).toEqual([
      [
        {
          op: "create",
          type: "flow",
          log_id: "r",
          trace_status: "incomplete",
          path: "test/flow",
          source: "r",
        },
        {
          op: "create",
          type: "flow",
          log_id: "i",
          trace_parent_id: "r",
          trace_status: "incomplete",
          path: "test/flow",
          source: "i",
        },
        {
          op: "create",
          type: "tool",
          log_id: "t",
          trace_id: "r",
          trace_parent_log_id: "i",
          query: { version_id: "v7", environment: "production" },
          path: "test/tool",
          source: "t",
          output: "größer ✓",
          session_id: "s1",
        },
        { op: "complete", type: "flow", log_id: "i", trace_status: "complete" },
        { op: "complete", type: "flow", log_id: "r", trace_status: "complete" },
      ],
    ]);
    expect(sink.requests[1]!.headers).toMatchObject({
      "x-api-key": "secret-key",
      "content-type": "application/json",
    });
  });

  it("gives a log that is alone no place in a trace", async () => {
    const { sink, delivery } = await startPair({ batch: true });

    delivery.submit([create(draft("prompt", "p"))]);
    await delivery.flush(5_000);

    expect(sent(sink, "/logs/batch")[0]!.body.logs).toEqual([
      { op: "create", type: "prompt", log_id: "p", path: "test/prompt", source: "p" },
    ]);
  });

  it("lets logs gather for a moment, without being asked to flush", async () => {
    const { sink, delivery } = await startPair({ batch: true });

    for (let index = 0; index < 20; index += 1) delivery.submit(smallTrace(`t${index}`));
    await expect.poll(() => sink.logs.size).toBe(80);

    expect(sent(sink, "/logs/batch")).toHaveLength(1);
  });

  it("sends full batches at once, several at a time", async () => {
    const { sink, delivery } = await startPair({ batch: true, delayMillis: 5 });

    for (let index = 0; index < 600; index += 1) delivery.submit(smallTrace(`t${index}`));
    await delivery.flush(10_000);

    expect(sent(sink, "/logs/batch").length).toBeGreaterThanOrEqual(6);
    expect(sink.maxOpen).toBeGreaterThan(1);
    expect(sink.completed.size).toBe(600);
  });

  it("compresses for servers on other machines", async () => {
    const { sink, delivery } = await startPair({ batch: true }, { isLoopback: false });

    delivery.submit([create(draft("tool", "t", undefined, { output: "x".repeat(50_000) }))]);
    await delivery.flush(5_000);

    const [request] = sent(sink, "/logs/batch");
    expect(request!.headers["content-encoding"]).toBe("gzip");
    expect(request!.bytes).toBeLessThan(2_000);
    expect(sink.logs.get("t")!.fields.output).toHaveLength(50_000);
  });

  for (const status of [404, 405]) {
    it(`is left for the document wire after a ${status}`, async () => {
      const { sink, delivery } = await startPair({
        batch: true,
        fault: ({ path }) => (path === "/logs/batch" ? { status } : undefined),
      });

      delivery.submit(smallTrace("a"));
      delivery.submit(smallTrace("b"));
      await delivery.flush(5_000);

      expect(sent(sink, "/logs/batch")).toHaveLength(1);
      expect(sink.completed.size).toBe(2);
    });
  }
});

describe("the document wire", () => {
  it("uses the two documents' names and nothing else", async () => {
    const { sink, delivery } = await startPair({ batch: false });
    const { root, inner, tool } = nested();

    delivery.submit([create(root), create(inner), create(tool), complete(inner), complete(root)]);
    await delivery.flush(5_000);

    const posts = sink.requests.filter(({ method }) => method !== "GET");
    expect(posts.map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        "POST",
        "/flows/log",
        { log_id: "r", path: "test/flow", source: "r", trace_status: "incomplete" },
      ],
      [
        "POST",
        "/flows/log",
        {
          log_id: "i",
          trace_parent_id: "r",
          path: "test/flow",
          source: "i",
          trace_status: "incomplete",
        },
      ],
      [
        "POST",
        "/tools/log",
        {
          trace_id: "r",
          trace_parent_log_id: "i",
          path: "test/tool",
          source: "t",
          output: "größer ✓",
          metadata: { session_id: "s1" },
        },
      ],
      ["PATCH", "/flows/logs/i", { trace_status: "complete" }],
      ["PATCH", "/flows/logs/r", { trace_status: "complete" }],
    ]);
    expect(Object.fromEntries(posts[2]!.query)).toEqual({
      version_id: "v7",
      environment: "production",
    });
  });

  it("names a parent by the id that the server gave it", async () => {
    const { sink, delivery } = await startPair({ batch: false });

    delivery.submit(smallTrace("a"));
    await delivery.flush(5_000);

    const tool = [...sink.logs.values()].find((log) => log.fields.source === "a_tool")!;
    const inner = [...sink.logs.values()].find((log) => log.fields.source === "a_inner")!;
    expect(tool.id).toMatch(/^srv_/);
    expect(inner.fields).toMatchObject({ trace_id: "a_root", trace_parent_log_id: tool.id });
  });

  it("sends siblings at once, and no more than 16", async () => {
    const { sink, delivery } = await startPair({ batch: false, delayMillis: 5 });
    const root = draft("flow", "r");
    const children = Array.from({ length: 60 }, (_, index) => draft("tool", `t${index}`, root));

    delivery.submit([create(root), ...children.map(create), complete(root)]);
    await delivery.flush(5_000);

    expect(sink.logs.size).toBe(61);
    expect(sink.maxOpen).toBeGreaterThan(4);
    expect(sink.maxOpen).toBeLessThanOrEqual(16);
    expect(sink.taken.at(-1)).toBe("complete r");
  });

  it("learns names from a 422 and keeps to them", async () => {
    const { sink, delivery } = await startPair({
      batch: false,
      unknownKeys: ["trace_parent_log_id", "trace_status", "user"],
    });

    delivery.submit(smallTrace("a", { user: "ada" }));
    await delivery.flush(5_000);
    const before = sink.requests.length;
    delivery.submit(smallTrace("b", { user: "ada" }));
    const stats = await delivery.flush(5_000);

    expect(stats).toMatchObject({ sent: 8, dropped: {} });
    const later = sink.requests.slice(before).map(({ body }) => Object.keys(body).sort().join());
    expect(later).toEqual([
      "log_id,log_status,path,source",
      "path,source,trace_parent_id",
      "path,source,trace_parent_id",
      "path,source,trace_parent_id",
      "log_status",
    ]);
  });

  for (const status of [404, 405]) {
    it(`changes and completes a Flow by its POST again where PATCH is a ${status}`, async () => {
      const { sink, delivery } = await startPair({
        batch: false,
        fault: ({ method }) => (method === "PATCH" ? { status } : undefined),
      });
      const root = draft("flow", "r", undefined, { output: "half" });
      const whole = draft("flow", "r", undefined, { output: "whole" });

      delivery.submit([create(root), update(whole, ["output"]), complete(whole)]);
      const stats = await delivery.flush(5_000);

      expect(sink.logs.get("r")!.fields).toMatchObject({
        output: "whole",
        trace_status: "complete",
      });
      expect(sink.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        "GET /flows",
        "POST /flows/log",
        "PATCH /flows/logs/r",
        "POST /flows/log",
        "POST /flows/log",
      ]);
      expect(stats).toMatchObject({ sent: 1, truncated: 0 });
    });
  }

  it("updates a Prompt log by the ids that the server gave", async () => {
    const { sink, delivery } = await startPair({ batch: false });
    const root = draft("flow", "r");
    const half = draft("prompt", "p", root, { output: "half", session_id: "s" });
    const whole = draft("prompt", "p", root, { output: "whole", session_id: "t" });

    delivery.submit([create(root), create(half), update(whole, ["output", "session_id", "path"])]);
    await delivery.flush(5_000);

    expect(sink.requests.at(-1)).toMatchObject({
      method: "PATCH",
      path: "/prompts/file_prompt/log/srv_1",
      body: { output: "whole", metadata: { session_id: "t" } },
    });
  });

  it("gives way to the batch wire when an answer says that it is there", async () => {
    let isBatch = false;
    const { sink, delivery } = await startPair({
      batch: true,
      fault: ({ path }) =>
        isBatch
          ? undefined
          : { status: path === "/flows" ? 404 : 503, headers: { "flowspan-batch": "0" } },
    });
    delivery.submit(smallTrace("a"));
    await delivery.flush(50);

    isBatch = true;
    const stats = await delivery.flush(5_000);
    delivery.submit(smallTrace("b"));
    await delivery.flush(5_000);

    expect(stats).toMatchObject({ sent: 4 });
    expect(sent(sink, "/logs/batch").length).toBeGreaterThan(0);
  });
});

describe("sending", () => {
  it("is traced by nobody and runs outside of the caller's span", async () => {
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    const key = createContextKey("test");
    const seen: unknown[] = [];
    const delivery = new Delivery({
      transport: {
        send: async () => {
          seen.push([isTracingSuppressed(context.active()), context.active().getValue(key)]);
          return { status: "failure", statusCode: 401, body: undefined, servesBatch: true };
        },
        shutdown: async () => {},
      },
      isLoopback: true,
      maxQueueBytes: 1_000_000,
    });

    await context.with(context.active().setValue(key, "caller's"), async () => {
      delivery.submit(smallTrace("a"));
      await delivery.flush(1_000);
    });
    context.disable();
    trace.disable();

    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen.map((one) => JSON.stringify(one)))).toEqual(new Set(["[true,null]"]));
  });
});
