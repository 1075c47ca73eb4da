import { describe, expect, it } from "vitest";
import {
  type Json,
  type LogView,
  NEW,
  startTestServer,
  type TestServer,
} from "../http/test-server.ts";
import { type OtlpSpan, otlpBody, otlpSpan } from "./otlp-body.ts";

const TRACE = "ab".repeat(16);

/** A span id, and the id of its log. */
const id = (number: number) => number.toString(16).padStart(16, "0");
const log = (number?: number) => `log_${TRACE}${number === undefined ? "" : id(number)}`;

const AGENT = { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "agent" };
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };
const TOOL = { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search" };

function span(number: number, attributes: Json, parent?: number, more: Json = {}): OtlpSpan {
  return {
    ...otlpSpan(TRACE, id(number), {
      attributes,
      start: number,
      end: 100 - number,
      parent: parent === undefined ? undefined : id(parent),
    }),
    ...more,
  };
}

async function send({ server }: TestServer, ...spans: OtlpSpan[]): Promise<void> {
  const reply = await server.inject({
    method: "POST",
    url: "/v1/traces",
    headers: { "content-type": "application/json" },
    payload: JSON.stringify(otlpBody(spans)),
  });
  expect([reply.statusCode, reply.body]).toEqual([200, "{}"]);
}

/** The logs as `id suffix (its children)`, as the list of traces leads to them. */
async function treesOf(server: TestServer): Promise<string[]> {
  const { body } = await server.get<{ traces: { id: string }[] }>("/api/traces");
  const logs = await Promise.all(body.traces.map(({ id: top }) => server.read(top)));
  return logs.map(toText).sort();
}

function toText({ id: logId, trace_children }: LogView): string {
  const name = logId.slice(`log_${TRACE}`.length).replace(/^0+/, "") || "made";
  return trace_children.length === 0 ? name : `${name}(${trace_children.map(toText).join(" ")})`;
}

describe("the logs of spans", () => {
  it("move to their parents as these come, and made Flows go again", async () => {
    const server = await startTestServer();

    await send(server, span(4, CHAT, 3));
    expect(await treesOf(server)).toEqual(["4"]);
    await send(server, span(5, TOOL, 2));
    expect(await treesOf(server)).toEqual(["made(4 5)"]);
    await send(server, span(2, {}, 1), span(3, {}, 2));
    expect(await treesOf(server)).toEqual(["made(4 5)"]);
    await send(server, span(1, AGENT));

    expect(await treesOf(server)).toEqual(["1(4 5)"]);
    expect((await server.get(`logs/${log()}`)).status).toBe(404);
    expect(await server.read(log(4))).toMatchObject({ trace_id: log(1), trace_parent_id: log(1) });
  });

  it("are in one trace at last where Flows came before the Flow above them", async () => {
    const server = await startTestServer();

    await send(server, span(3, CHAT, 2));
    await send(server, span(2, AGENT, 1));
    await send(server, span(1, AGENT));

    expect(await treesOf(server)).toEqual(["1(2(3))"]);
    expect((await server.read(log(3))).trace_id).toBe(log(1));
  });

  it("are complete with their root, and late a minute after its end", async () => {
    const server = await startTestServer();

    await send(server, span(2, CHAT, 1));
    await send(server, span(1, AGENT), span(3, CHAT, 1));
    expect(await server.read(log(1))).toMatchObject({ trace_status: "complete" });
    server.clock.millis += 59_000;
    await send(server, span(4, TOOL, 1));
    server.clock.millis += 2_000;
    await send(server, span(5, TOOL, 1));

    const { trace_children } = await server.read(log(1));
    const late = trace_children.map((child) => child.late);
    expect(late).toEqual([undefined, undefined, undefined, true]);
    const single = { ...NEW.tool, trace_id: log(1) };
    expect((await server.post("tools/log", single)).status).toBe(409);
  });

  it("under a made Flow are complete once the span above them all has come", async () => {
    const server = await startTestServer();

    await send(server, span(2, CHAT, 1), span(3, TOOL, 1));
    expect(await server.read(log())).toMatchObject({ trace_status: "incomplete" });
    await send(server, span(1, { "http.route": "/ask/:id" }));

    const root = await server.read(log());
    expect(root).toMatchObject({ trace_status: "complete", flow: { path: "ask/:id" } });
    expect(root.trace_children.map(({ late }) => late)).toEqual([undefined, undefined]);
  });

  it("say what the span said last: an open one is ended, an ended one is not opened again", async () => {
    const server = await startTestServer();
    const open = span(1, AGENT, undefined, { endTimeUnixNano: "0" });

    await send(server, open);
    expect(await server.read(log(1))).toMatchObject({ trace_status: "incomplete" });
    await send(server, span(1, { ...AGENT, "gen_ai.conversation.id": "c" }));
    await send(server, open);

    expect(await server.read(log(1))).toMatchObject({ trace_status: "complete", session_id: "c" });
  });

  it("do not change where spans are sent again", async () => {
    const server = await startTestServer();
    const spans = [span(1, AGENT), span(2, CHAT, 1)];
    await send(server, ...spans);
    const before = await server.get("/api/traces");
    const [file] = (await server.get<{ records: Json[] }>("prompts")).body.records;
    server.clock.millis += 1_000;

    await send(server, ...spans);
    await send(server, ...spans);

    expect(await server.get("/api/traces")).toEqual(before);
    expect((await server.get<{ records: Json[] }>("prompts")).body.records).toEqual([file]);
  });

  it("cover what is below them: a Flow's times widen", async () => {
    const server = await startTestServer();
    const child = span(2, CHAT, 1, { endTimeUnixNano: "1767323055000000000" });

    await send(server, span(1, AGENT));
    await send(server, child);

    const { start_time, end_time } = await server.read(log(1));
    expect([start_time, end_time]).toEqual([
      "2026-01-02T03:04:05.001Z",
      "2026-01-02T03:04:15.000Z",
    ]);
  });

  it("are counted where they are, not where they were while their trace came in", async () => {
    const server = await startTestServer();

    await send(server, span(2, CHAT, 1));
    await send(server, span(1, AGENT));

    const { body } = await server.get<{ records: Json[] }>("prompts");
    const counts = body.records.map(({ path, total_logs_count }) => [path, total_logs_count]);
    expect(Object.fromEntries(counts)).toEqual({ "agent/chat": 1, "test-service/prompt": 0 });
  });

  it("stay away once they are deleted, with everything below them", async () => {
    const server = await startTestServer();
    await send(server, span(1, AGENT), span(2, CHAT, 1), span(3, {}, 2), span(4, TOOL, 3));

    expect((await server.delete(`logs?id=${log(2)}`)).status).toBe(204);
    await send(server, span(5, TOOL, 1));

    expect(await treesOf(server)).toEqual(["1(5)"]);
  });

  it("take what went into them along when they are deleted", async () => {
    const server = await startTestServer();
    const prompt = { "flowspan.type": "prompt", "flowspan.path": "p" };
    await send(server, span(1, AGENT), span(2, prompt, 1), span(3, {}, 2), span(4, CHAT, 3));

    await server.delete(`logs?id=${log(2)}`);
    await send(server, span(5, TOOL, 1));

    expect(await treesOf(server)).toEqual(["1(5)"]);
  });

  it("have another path where a File of another kind has theirs", async () => {
    const server = await startTestServer();
    await server.log("flow", { ...NEW.flow, path: "search" });

    await send(server, span(1, TOOL));

    expect(await server.read(log(1))).toMatchObject({ tool: { path: "search/tool" } });
  });

  it("are found by the span that went into them", async () => {
    const server = await startTestServer();
    const prompt = { "flowspan.type": "prompt", "flowspan.path": "p", "flowspan.output": "kept" };

    await send(server, span(1, prompt), span(2, {}, 1), span(3, CHAT, 2), span(4, {}, 1));

    expect(await treesOf(server)).toEqual(["1"]);
    expect((await server.read(log(3))).id).toBe(log(1));
    expect((await server.get(`logs/${log(4)}`)).status).toBe(404);
  });

  it("are a large trace's own whenever somebody reads, though it is not projected at each request", async () => {
    const server = await startTestServer();
    const many = Array.from({ length: 600 }, (_, index) => span(index + 2, CHAT, 1));
    await send(server, span(1, AGENT), ...many);

    for (const number of [700, 701, 702]) {
      await send(server, span(number, TOOL, 1));
      if (number === 700) {
        expect((await server.read(log(number))).trace_parent_id).toBe(log(1));
      }
    }

    const { body } = await server.get<{ traces: Json[] }>("/api/traces");
    expect(body.traces).toMatchObject([{ log_count: 604 }]);
  });
});

describe("logs of the API in a trace that has spans", () => {
  const flow = { ...NEW.flow, path: "said/flow", log_id: log(1), inputs: { said: true } };

  it("take spans below them, whichever came first", async () => {
    for (const order of ["api", "otlp"]) {
      const server = await startTestServer();
      const batch = { logs: [{ op: "create", type: "flow", ...flow }] };

      if (order === "api") await server.post("logs/batch", batch);
      await send(server, span(2, CHAT, 1), span(3, TOOL, 2));
      if (order === "otlp") await server.post("logs/batch", batch);

      expect(await treesOf(server), order).toEqual(["1(2(3))"]);
      expect(await server.read(log(1))).toMatchObject({
        inputs: { said: true },
        flow: { path: "said/flow" },
        start_time: "2026-01-02T03:04:05.002Z",
      });
    }
  });

  it("take spans of the same trace whose parent never comes", async () => {
    const server = await startTestServer();
    await server.log("flow", flow);

    await send(server, span(5, CHAT, 4));

    expect(await treesOf(server)).toEqual(["1(5)"]);
  });

  it("are the same logs as their spans: the API's fields win, the spans' fill in", async () => {
    const said = {
      ...NEW.prompt,
      path: "said/prompt",
      log_id: log(2),
      output: "said",
      prompt_tokens: 7,
    };
    const spans = [
      span(1, AGENT),
      span(2, { ...CHAT, "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 3 }, 1),
    ];
    const answers: unknown[] = [];

    for (const order of ["api", "otlp"]) {
      const server = await startTestServer();
      const create = { op: "create", type: "prompt", ...said };
      if (order === "api") await server.post("logs/batch", { logs: [create] });
      await send(server, ...spans);
      if (order === "otlp") await server.post("logs/batch", { logs: [create] });
      await send(server, span(3, TOOL, 2));

      expect(await treesOf(server), order).toEqual(["1(2(3))"]);
      const found = await server.read(log(2));
      expect(found).toMatchObject({
        output: "said",
        prompt_tokens: 7,
        output_tokens: 3,
        prompt: { path: "said/prompt" },
        trace_id: log(1),
      });
      const { body } = await server.get<{ records: { path: string; versions_count?: number }[] }>(
        "prompts",
      );
      answers.push([Object.keys(found).sort(), body.records.map(({ path }) => path).at(-1)]);
    }

    expect(answers[0]).toEqual(answers[1]);
  });

  it("keep what a later one says of them, null included, when spans come again", async () => {
    const server = await startTestServer();
    await send(server, span(1, { ...AGENT, "gen_ai.conversation.id": "c" }));

    await server.patch(`flows/logs/${log(1)}`, { output: "patched", source: null });
    await send(server, span(2, CHAT, 1));

    expect(await server.read(log(1))).toMatchObject({
      output: "patched",
      session_id: "c",
      trace_children: [{ id: log(2) }],
    });
  });

  it("with an id of their own go with the span's log that they are under", async () => {
    const server = await startTestServer();
    await send(server, span(2, AGENT, 1, { endTimeUnixNano: "0" }));
    const own = {
      ...NEW.tool,
      log_id: "own",
      trace_parent_id: log(2),
      end_time: "2026-01-02T04:00:00Z",
    };
    await server.log("tool", own);

    await send(server, span(1, AGENT));

    expect((await server.read("own")).trace_id).toBe(log(1));
    const root = await server.read(log(1));
    expect(root.trace_children).toMatchObject([{ id: log(2), trace_children: [{ id: "own" }] }]);
    expect(root.end_time).toBe("2026-01-02T04:00:00.000Z");
  });

  it("stay in their place where it is under a log that is no span", async () => {
    const server = await startTestServer();
    const { id: top } = await server.log("flow", NEW.flow);
    await server.log("flow", { ...flow, trace_parent_id: top });

    await send(server, span(2, CHAT, 1));

    const root = await server.read(top);
    expect(root.trace_children).toMatchObject([{ id: log(1), trace_children: [{ id: log(2) }] }]);
    expect((await server.read(log(2))).trace_id).toBe(top);
  });
});
