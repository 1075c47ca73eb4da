import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { flow, prompt } from "../../src/index.ts";
import { FlowspanExporter, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";
import { AGENT, CHAT, inForeignSpan } from "./foreign-span.ts";

const SECRET = `sk-${"a1B2".repeat(8)}`;

describe("a provider that others use, too", () => {
  let sink: LogApiSink;
  let flowspan: FlowspanSpanProcessor;

  beforeEach(async () => {
    sink = await startLogApiSink({ batch: true });
    flowspan = new FlowspanSpanProcessor({ url: sink.url });
  });

  afterEach(async () => {
    trace.disable();
    context.disable();
    await flowspan.shutdown();
    await sink.close();
  });

  function register(...others: Partial<SpanProcessor>[]): void {
    const idle = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} };
    const [first, ...rest] = others.map((other) => ({ ...idle, ...other }));
    const spanProcessors = [...(first ? [first] : []), flowspan, ...rest];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }

  it("sends every span of concurrent requests beside a processor that is slow and writes to spans", async () => {
    let others = 0;
    register({
      onStart: (span: Span) => void span.setAttribute("sentry.op", "ai"),
      onEnd: () => void new Promise((resolve) => setTimeout(resolve, 50)).then(() => others++),
    });
    const answer = prompt("answer", () => inForeignSpan("chat", CHAT, async () => "hi"));
    const agent = flow("agent", async (n: number) => {
      await new Promise((resolve) => setTimeout(resolve, n % 7));
      return answer();
    });

    await Promise.all(Array.from({ length: 200 }, (_, n) => agent(n)));
    await flowspan.forceFlush();
    expect(flowspan.stats()).toMatchObject({ recorded: 400, sent: 400, pending: 0, dropped: {} });
    expect(sink.completed.size).toBe(200);
    await expect.poll(() => others).toBe(600);
  });

  it("leaves the spans of others as they were, for whoever exports them", async () => {
    const seen: { span: ReadableSpan; text: string }[] = [];
    const tell = (span: ReadableSpan) =>
      JSON.stringify([
        span.name,
        span.attributes,
        span.events,
        span.status,
        Object.keys(span).sort(),
      ]);
    register({ onEnd: (span) => void seen.push({ span, text: tell(span) }) });
    const messages = [{ role: "user", parts: [{ type: "text", content: `key ${SECRET}` }] }];
    const attributes = { ...CHAT, "gen_ai.input.messages": JSON.stringify(messages) };

    await inForeignSpan("chat", attributes, () => 1);
    await flowspan.forceFlush();
    expect(seen.map(({ span }) => tell(span))).toEqual(seen.map(({ text }) => text));
    expect(seen[0]?.text).toContain(SECRET);
    expect([...sink.logs.values()][0]?.fields.messages).toEqual([
      { role: "user", content: "key [masked]" },
    ]);
  });

  it("has spans of others masked by the mask option as well", async () => {
    await flowspan.shutdown();
    flowspan = new FlowspanSpanProcessor({
      url: sink.url,
      mask: (text) => text.replaceAll("Ada", "***"),
    });
    register();
    const output = [{ role: "assistant", parts: [{ type: "text", content: "Dear Ada" }] }];

    await inForeignSpan(
      "chat",
      { ...CHAT, "gen_ai.output.messages": JSON.stringify(output) },
      () => 1,
    );
    await flowspan.forceFlush();
    expect([...sink.logs.values()][0]?.fields.output_message).toMatchObject({
      content: "Dear ***",
    });
  });

  it("reads spans by their attributes, whatever the tracer that made them is called", async () => {
    register();

    for (const name of ["ai", "langfuse-sdk", "my-own-isolated-tracer", ""]) {
      trace.getTracer(name).startSpan("chat", { attributes: CHAT }).end();
    }
    await flowspan.forceFlush();
    expect([...sink.logs.values()].map(({ fields }) => fields.prompt_tokens)).toEqual(
      Array(4).fill(100),
    );
  });

  it("is read with spans of SDK 1.x, 2.x and of neither's shape, which disturb no other span", async () => {
    const exporter = new FlowspanExporter({ url: sink.url, lateSpanMillis: 0 });
    const span = (traceDigit: string, spanDigit = traceDigit) => ({
      name: "chat",
      startTime: [1, 0],
      endTime: [2, 0],
      ended: true,
      status: { code: 0 },
      attributes: CHAT as object,
      events: [],
      resource: { attributes: {} },
      spanContext: () => ({
        traceId: traceDigit.repeat(32),
        spanId: spanDigit.repeat(16),
        traceFlags: 1,
      }),
    });
    const parentId = "a".repeat(16);
    const spans = [
      { ...span("1"), instrumentationLibrary: { name: "ai" }, parentSpanId: parentId },
      { ...span("1", "2"), instrumentationScope: {}, parentSpanContext: { spanId: parentId } },
      { ...span("1", "a"), attributes: AGENT },
      { name: "broken" },
      span("3"),
    ];

    let code: number | undefined;
    exporter.export(spans as never, (result) => {
      code = result.code;
    });
    await exporter.shutdown();
    expect(code).toBe(0);
    const agent = `log_${"1".repeat(32)}${parentId}`;
    expect([...sink.logs.values()].map(({ type, parentId }) => [type, parentId])).toEqual([
      ["flow", undefined],
      ["prompt", agent],
      ["prompt", agent],
      ["prompt", undefined],
    ]);
  });
});
