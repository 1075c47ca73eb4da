import { AsyncLocalStorage } from "node:async_hooks";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FlowspanOptions } from "../../src/otel/flowspan-options.ts";
import { FlowspanExporter, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { Pipeline } from "../../src/otel/pipeline.ts";
import { PipelineProcessor } from "../../src/otel/pipeline-processor.ts";
import { resolveOptions } from "../../src/otel/resolve-options.ts";
import { type SinkOptions, startLogApiSink } from "../log-api-sink.ts";
import { AGENT, CHAT, tracerWith } from "./spans.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-spool-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function setUp(options: FlowspanOptions, sinkOptions: Partial<SinkOptions> = {}) {
  const sink = await startLogApiSink({ batch: true, ...sinkOptions });
  onTestFinished(() => sink.close());
  const processor = new FlowspanSpanProcessor({
    url: sink.url,
    shutdownTimeoutMillis: 200,
    ...options,
  });
  onTestFinished(() => processor.shutdown());
  return { sink, processor, ...tracerWith(processor) };
}

const BIG = "x".repeat(20_000);

describe("a spool behind a processor", () => {
  it("takes what memory has no room for, and sends it all when the server is back", async () => {
    const folder = makeFolder();
    let isAway = true;
    const fault = () => (isAway ? ({ status: 503 } as const) : undefined);
    const { sink, processor, tracer } = await setUp(
      { spoolDir: folder, maxQueueBytes: 200_000, prices: false },
      { fault },
    );

    for (let count = 0; count < 100; count += 1) {
      tracer
        .startSpan(`chat ${count}`, {
          attributes: {
            ...CHAT,
            "gen_ai.input.messages": JSON.stringify([
              { role: "user", parts: [{ type: "text", content: BIG }] },
            ]),
          },
        })
        .end();
    }
    const before = processor.stats();
    isAway = false;
    await expect.poll(() => processor.stats()?.sent, { timeout: 20_000 }).toBe(100);

    expect(before).toMatchObject({ recorded: 100, sent: 0, truncated: 0, dropped: {} });
    expect(before?.spooled).toBeGreaterThan(80);
    expect(processor.stats()).toMatchObject({
      recorded: 100,
      spooled: 0,
      pending: 0,
      truncated: 0,
      dropped: {},
    });
    expect(sink.logs.size).toBe(100);
    expect(
      [...sink.logs.values()].every(({ fields }) => JSON.stringify(fields.messages).includes(BIG)),
    ).toBe(true);
  });

  it("sends a trace that is larger than all of memory, whole", async () => {
    let isAway = true;
    const fault = () => (isAway ? ({ status: 503 } as const) : undefined);
    const { sink, processor, tracer } = await setUp(
      { spoolDir: makeFolder(), maxQueueBytes: 100_000, prices: false },
      { fault },
    );
    const parent = tracer.startSpan("agent", { attributes: AGENT });
    const inside = trace.setSpan(ROOT_CONTEXT, parent);
    for (let count = 0; count < 30; count += 1) {
      const attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.call.arguments": JSON.stringify({ text: BIG }),
      };
      tracer.startSpan("tool", { attributes }, inside).end();
    }
    parent.end();
    expect(processor.stats()).toMatchObject({ recorded: 31, spooled: 31, pending: 0 });

    isAway = false;
    await expect.poll(() => processor.stats()?.sent, { timeout: 20_000 }).toBe(31);

    expect(processor.stats()).toMatchObject({ recorded: 31, spooled: 0, truncated: 0 });
    const tools = [...sink.logs.values()].filter(({ type }) => type === "tool");
    expect(tools.filter(({ fields }) => JSON.stringify(fields).includes(BIG)).length).toBe(30);
    expect(sink.completed.size).toBe(1);
  });

  it("keeps at shutdown what the server did not take, for the next one", async () => {
    const folder = makeFolder();
    let isAway = true;
    const fault = () => (isAway ? ({ status: 503 } as const) : undefined);
    const { sink, processor, tracer } = await setUp({ spoolDir: folder }, { fault });
    const parent = tracer.startSpan("agent", { attributes: AGENT });
    tracer.startSpan("chat", { attributes: CHAT }, trace.setSpan(ROOT_CONTEXT, parent)).end();
    parent.end();
    await processor.shutdown();
    expect(processor.stats()).toMatchObject({ recorded: 2, spooled: 2, pending: 0, dropped: {} });

    isAway = false;
    const next = new FlowspanSpanProcessor({ url: sink.url, spoolDir: folder });
    await next.forceFlush();
    await next.shutdown();

    expect(sink.logs.size).toBe(2);
    expect(sink.completed.size).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("holds nothing of a payload that is not to be stored", async () => {
    for (const options of [{ content: "none" }, { mask: () => "[gone]" }] as const) {
      const folder = makeFolder();
      const { tracer } = await setUp({ spoolDir: folder, ...options }, { fault: () => "hang" });
      tracer
        .startSpan("chat", {
          attributes: {
            ...CHAT,
            "gen_ai.input.messages":
              '[{"role":"user","parts":[{"type":"text","content":"canary"}]}]',
          },
        })
        .end();

      const [name = ""] = readdirSync(folder);
      const content = readFileSync(join(folder, name), "utf8");
      expect(content).toContain('"gen_ai.request.model":"gpt-4o"');
      expect(content).not.toContain("canary");
    }
  });

  it("serves an exporter behind another processor as well", async () => {
    const folder = makeFolder();
    const sink = await startLogApiSink({ batch: true });
    onTestFinished(() => sink.close());
    const exporter = new FlowspanExporter({ url: sink.url, spoolDir: folder });
    const { tracer } = tracerWith(new SimpleSpanProcessor(exporter));

    tracer.startSpan("chat", { attributes: CHAT }).end();
    expect(readdirSync(folder).length).toBe(1);
    await exporter.shutdown();

    expect(sink.logs.size).toBe(1);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what is written when a process ends", () => {
  it("is every trace of the Log API under one span", async () => {
    let isAway = true;
    const sink = await startLogApiSink({
      batch: true,
      fault: () => (isAway ? { status: 503 } : undefined),
    });
    onTestFinished(() => sink.close());
    const options = resolveOptions("test", { url: sink.url }, {});
    const folder = makeFolder();
    const place = { folder, isShared: false, destination: "test", takesSpans: false };
    const pipeline = new Pipeline(options, true, place);
    onTestFinished(() => pipeline.shutdown(0));
    const { tracer } = tracerWith(new PipelineProcessor(pipeline));
    const request = tracer.startSpan("GET");
    const inside = trace.setSpan(ROOT_CONTEXT, request);
    for (let count = 0; count < 2; count += 1) {
      tracer.startSpan("agent", { attributes: AGENT }, inside).end();
    }
    request.end();

    pipeline.leave();
    isAway = false;
    const next = new Pipeline(options, true, place);
    await next.finish(10_000);
    await next.shutdown(1_000);

    expect(sink.completed.size).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("waitUntil", () => {
  it("gets a promise for each trace, where its root ends, that resolves when its logs are sent", async () => {
    const seen: { sent: Promise<unknown>; request: unknown }[] = [];
    const request = new AsyncLocalStorage<string>();
    const waitUntil = (sent: Promise<unknown>): void => {
      seen.push({ sent, request: request.getStore() });
    };
    const { sink, tracer } = await setUp({ waitUntil });

    const parent = tracer.startSpan("agent", { attributes: AGENT });
    tracer.startSpan("chat", { attributes: CHAT }, trace.setSpan(ROOT_CONTEXT, parent)).end();
    request.run("their request", () => parent.end());
    expect(seen).toEqual([{ sent: expect.any(Promise), request: "their request" }]);
    await seen[0]?.sent;

    expect(sink.completed.size).toBe(1);
  });

  it("that throws harms nothing", async () => {
    const { processor, tracer, sink } = await setUp({
      waitUntil: () => {
        throw new Error("theirs");
      },
    });

    tracer.startSpan("chat", { attributes: CHAT }).end();
    await processor.forceFlush();

    expect(sink.logs.size).toBe(1);
  });
});
