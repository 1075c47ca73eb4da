import { type Context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { LoggerProvider } from "@opentelemetry/sdk-logs";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FlowspanOptions } from "../../src/otel/flowspan-options.ts";
import type { LogRecordLike } from "../../src/otel/index.ts";
import {
  FlowspanExporter,
  FlowspanLogRecordProcessor,
  FlowspanSpanProcessor,
} from "../../src/otel/index.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { AGENT, CHAT, tracerWith } from "./spans.ts";

async function setUp(options: FlowspanOptions = {}) {
  const sink = await startLogApiSink({ batch: true });
  onTestFinished(() => sink.close());
  const processor = new FlowspanSpanProcessor({ url: sink.url, prices: false, ...options });
  onTestFinished(() => processor.shutdown());
  const records = new FlowspanLogRecordProcessor(processor);
  const logger = new LoggerProvider({ processors: [records] }).getLogger("test");
  const prompts = () => [...sink.logs.values()].filter(({ type }) => type === "prompt");
  return { processor, records, logger, prompts, ...tracerWith(processor) };
}

/** As the context in which an instrumentation emits its records. */
function inside(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

describe("log records of GenAI instrumentations", () => {
  it("become the messages of their span's log", async () => {
    const { processor, logger, prompts, tracer } = await setUp();
    const span = tracer.startSpan("chat", { attributes: CHAT });
    const emit = (name: string, body: unknown) =>
      logger.emit({
        attributes: { "event.name": name, "gen_ai.system": "openai" },
        body: body as string,
        context: inside(span),
      });

    emit("gen_ai.system.message", { role: "system", content: "Be brief." });
    emit("gen_ai.user.message", { content: "Hi" });
    emit("gen_ai.assistant.message", {
      tool_calls: [{ id: "c1", type: "function", function: { name: "add", arguments: "{}" } }],
    });
    emit("gen_ai.tool.message", { id: "c1", content: "2" });
    emit("gen_ai.choice", { index: 1, finish_reason: "stop", message: { content: "second" } });
    emit("gen_ai.choice", { index: 0, finish_reason: "length", message: { content: "Two" } });
    span.end();
    await processor.forceFlush();

    expect(prompts()[0]?.fields).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
        {
          role: "assistant",
          tool_calls: [{ id: "c1", type: "function", function: { name: "add", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "c1", content: "2" },
      ],
      output_message: { role: "assistant", content: "Two" },
      finish_reason: "length",
    });
  });

  it("give a call's details under the names that attributes have", async () => {
    const { processor, logger, prompts, tracer } = await setUp();
    const span = tracer.startSpan("chat", { attributes: CHAT });

    logger.emit({
      eventName: "gen_ai.client.inference.operation.details",
      attributes: {
        "gen_ai.request.model": "not the span's",
        "gen_ai.input.messages": [
          { role: "user", parts: [{ type: "text", content: "Hi" }] },
        ] as unknown as string,
        "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"Ho"}]}]',
      },
      context: inside(span),
    });
    span.end();
    await processor.forceFlush();

    expect(prompts()[0]?.fields).toMatchObject({
      prompt: { model: "gpt-4o" },
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Ho" },
    });
  });

  it("are joined after their span's end, until its log goes out", async () => {
    const { processor, logger, prompts, tracer } = await setUp();
    const agent = tracer.startSpan("agent", { attributes: AGENT });
    const span = tracer.startSpan("chat", { attributes: CHAT }, inside(agent));
    const emit = (content: string) =>
      logger.emit({
        eventName: "gen_ai.user.message",
        body: { content },
        context: inside(span),
      });

    span.end();
    emit("in time");
    agent.end();
    await processor.forceFlush();
    emit("too late");
    await processor.forceFlush();

    expect(prompts()[0]?.fields.messages).toEqual([{ role: "user", content: "in time" }]);
    expect(processor.stats()?.droppedLogRecords).toBe(1);
  });

  it("come to an exporter before its spans", async () => {
    const sink = await startLogApiSink({ batch: true });
    onTestFinished(() => sink.close());
    const exporter = new FlowspanExporter({ url: sink.url, prices: false });
    onTestFinished(() => exporter.shutdown());
    const records = new FlowspanLogRecordProcessor(exporter);
    const { tracer } = tracerWith();
    const span = tracer.startSpan("chat", { attributes: CHAT });

    records.onEmit({
      spanContext: span.spanContext(),
      eventName: "gen_ai.user.message",
      body: { content: "Hi" },
    });
    span.end();
    exporter.export([span as never], () => {});
    await exporter.shutdown();

    const [log] = sink.logs.values();
    expect(log?.fields.messages).toEqual([{ role: "user", content: "Hi" }]);
  });

  it("are copied at once, masked, and never changed", async () => {
    const { processor, records, prompts, tracer } = await setUp();
    const span = tracer.startSpan("chat", { attributes: CHAT });
    const content = "key sk-abcdefghijklmnopqrstuvwx";
    const body = { content };
    const record = Object.freeze({
      spanContext: span.spanContext(),
      attributes: Object.freeze({ "event.name": "gen_ai.user.message" }),
      body,
    });

    records.onEmit(record);
    body.content = "changed";
    span.end();
    await processor.forceFlush();

    expect(JSON.stringify(prompts()[0]?.fields.messages)).toMatch(/key (?!sk-abc)/);
  });

  it.each([
    ["of another kind", { eventName: "user.clicked" }],
    ["without a name", {}],
    ["of a trace that was not sampled", { eventName: "gen_ai.user.message", traceFlags: 0 }],
    ["without a span", { eventName: "gen_ai.user.message", spanContext: undefined }],
  ])("%s are left alone", async (_, given: LogRecordLike & { readonly traceFlags?: number }) => {
    const { processor, records, prompts, tracer } = await setUp();
    const span = tracer.startSpan("chat", { attributes: CHAT });
    const { traceFlags = 1, ...record } = given;
    const spanContext = { ...span.spanContext(), traceFlags };

    records.onEmit({ spanContext, body: { content: "Hi" }, ...record });
    span.end();
    await processor.forceFlush();

    expect(prompts()[0]?.fields.messages).toBeUndefined();
  });

  it("of any form disturb nobody", async () => {
    const { processor, records, prompts, tracer } = await setUp();
    const span = tracer.startSpan("chat", { attributes: CHAT });
    const ring: Record<string, unknown> = {};
    ring.content = ring;
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error("no");
        },
      },
    );

    for (const body of [ring, null, 7, "text", [1n], { tool_calls: "[{" }]) {
      records.onEmit({ spanContext: span.spanContext(), eventName: "gen_ai.choice", body });
    }
    records.onEmit(hostile as never);
    span.end();
    await processor.forceFlush();

    expect(prompts()).toHaveLength(1);
  });

  it("ask for the processor that the spans go to", () => {
    expect(() => new FlowspanLogRecordProcessor({} as never)).toThrow(
      "expected a FlowspanSpanProcessor or FlowspanExporter",
    );
  });
});
