import { context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { LOG_FIELDS_KEY } from "../../src/base/context-keys.ts";
import { toJsonText } from "../../src/base/json-text.ts";
import { sharedState } from "../../src/base/shared-state.ts";
import { FlowspanExporter, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import type { LogApiSink } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { AGENT, CHAT, tracerWith } from "./spans.ts";

let sink: LogApiSink;

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await sink.close();
});

describe("FlowspanSpanProcessor", () => {
  it("sends foreign spans as a Flow with a Prompt log under it", async () => {
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    const { tracer } = tracerWith(processor);

    const agent = tracer.startSpan("invoke_agent helper", { attributes: AGENT });
    const inAgent = trace.setSpan(ROOT_CONTEXT, agent);
    tracer.startSpan("chat gpt-4o", { attributes: CHAT }, inAgent).end();
    agent.end();
    await processor.forceFlush();

    const { traceId, spanId } = agent.spanContext();
    const logs = [...sink.logs.values()];
    expect(logs.map((log) => [log.type, log.fields.path])).toEqual([
      ["flow", "helper"],
      ["prompt", "helper/chat"],
    ]);
    expect(logs[0]!.id).toBe(`log_${traceId}${spanId}`);
    expect(sink.taken.at(-1)).toBe(`complete ${logs[0]!.id}`);
    expect(processor.stats()).toMatchObject({ recorded: 2, sent: 2, pending: 0, late: 0 });
    await processor.shutdown();
  });

  it("gives the fields of withLogContext to foreign spans, by the context at their start", async () => {
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    const { tracer } = tracerWith(processor);
    const fields = { user: toJsonText("ada") };

    const span = tracer.startSpan(
      "chat",
      { attributes: CHAT },
      context.active().setValue(LOG_FIELDS_KEY, fields),
    );
    span.end();
    await processor.forceFlush();

    expect([...sink.logs.values()][0]!.fields.user).toBe("ada");
    await processor.shutdown();
  });

  it("leaves out what is not sampled", async () => {
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    const provider = new BasicTracerProvider({
      sampler: new AlwaysOffSampler(),
      spanProcessors: [processor],
    });
    provider.getTracer("t").startSpan("chat", { attributes: CHAT }).end();
    // A sampler may record a span that is not sampled: processors see it all the same.
    const { tracer } = tracerWith();
    const span = tracer.startSpan("chat", { attributes: CHAT });
    const unsampled = Object.create(span, {
      spanContext: { value: () => ({ ...span.spanContext(), traceFlags: 0 }) },
    });
    processor.onStart(unsampled, ROOT_CONTEXT);
    processor.onEnd(unsampled);

    await processor.shutdown();
    expect(processor.stats()).toMatchObject({ recorded: 0 });
    expect(sink.requests).toEqual([]);
  });

  it("completes what is open at the shutdown, and takes nothing after it", async () => {
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    const { tracer } = tracerWith(processor);
    const agent = tracer.startSpan("invoke_agent helper", { attributes: AGENT });
    tracer.startSpan("chat", { attributes: CHAT }, trace.setSpan(ROOT_CONTEXT, agent)).end();

    await processor.forceFlush();
    expect(sink.completed.size).toBe(0);
    await Promise.all([processor.shutdown(), processor.shutdown()]);
    agent.end();
    tracer.startSpan("chat", { attributes: CHAT }).end();
    await processor.forceFlush();

    expect(sink.completed.size).toBe(1);
    expect(processor.stats()).toMatchObject({ recorded: 2, sent: 2 });
  });

  it("sends a growing trace with live", async () => {
    const processor = new FlowspanSpanProcessor({ url: sink.url, live: true });
    const { tracer } = tracerWith(processor);
    const agent = tracer.startSpan("invoke_agent helper", { attributes: AGENT });
    tracer.startSpan("chat", { attributes: CHAT }, trace.setSpan(ROOT_CONTEXT, agent)).end();

    await expect.poll(() => sink.logs.size, { timeout: 5_000 }).toBe(2);
    expect(sink.completed.size).toBe(0);
    agent.end();
    await processor.shutdown();

    expect(sink.completed.size).toBe(1);
  });

  it("sets what its options ask of the recording, for as long as it is in use", async () => {
    const mask = (text: string): string => text;
    const processor = new FlowspanSpanProcessor({
      url: "http://127.0.0.1:4319",
      content: "log",
      maxFieldBytes: 1_000,
      semconvContent: true,
      mask,
    });

    expect([...sharedState().policies]).toEqual([
      {
        content: "log",
        maxFieldBytes: 1_000,
        contentAttributes: expect.any(Function),
        mask,
        viewerUrl: "http://127.0.0.1:4319",
        acceptRemoteParent: true,
      },
    ]);
    await processor.shutdown();
    expect(sharedState().policies.size).toBe(0);
  });

  it("does nothing where the environment says so", async () => {
    vi.stubEnv("FLOWSPAN_DISABLED", "true");
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    const { tracer } = tracerWith(processor);

    tracer.startSpan("chat", { attributes: CHAT }).end();
    await processor.forceFlush();
    await processor.shutdown();

    expect(processor.stats()).toBeUndefined();
    expect(sharedState().policies.size).toBe(0);
    expect(sink.requests).toEqual([]);
  });
});

describe("FlowspanExporter", () => {
  it("works behind a simple and a batch processor, and calls back before a root has ended", async () => {
    for (const Processor of [SimpleSpanProcessor, BatchSpanProcessor]) {
      const exporter = new FlowspanExporter({ url: sink.url, lateSpanMillis: 0 });
      const { tracer, provider } = tracerWith(new Processor(exporter));
      const agent = tracer.startSpan("invoke_agent helper", { attributes: AGENT });
      tracer.startSpan("chat", { attributes: CHAT }, trace.setSpan(ROOT_CONTEXT, agent)).end();
      await provider.forceFlush();
      agent.end();
      await provider.shutdown();
    }

    expect(sink.logs.size).toBe(4);
    expect(sink.completed.size).toBe(2);
  });

  it("calls back exactly once, with a failure after the shutdown", async () => {
    const exporter = new FlowspanExporter({ url: sink.url });
    const results: unknown[] = [];
    const spans = collect((tracer) => tracer.startSpan("chat", { attributes: CHAT }).end());

    exporter.export(spans, (result) => results.push(result.code));
    await exporter.shutdown();
    await exporter.shutdown();
    exporter.export(spans, (result) => results.push(result.code));

    expect(results).toEqual([0, 1]);
    expect(exporter.stats()).toMatchObject({ recorded: 1, sent: 1 });
  });

  it("survives a span that can't be read", async () => {
    const exporter = new FlowspanExporter({ url: sink.url });
    const results: unknown[] = [];
    const broken = {
      spanContext() {
        throw new Error("broken");
      },
    };

    exporter.export([broken as never], (result) => results.push(result.code));

    expect(results).toEqual([0]);
    await exporter.shutdown();
  });

  it("changes no span", async () => {
    const exporter = new FlowspanExporter({ url: sink.url });
    const spans = collect((tracer) => tracer.startSpan("chat", { attributes: CHAT }).end());
    const before = JSON.stringify(spans[0]!.attributes) + Reflect.ownKeys(spans[0]!).join();

    exporter.export(spans.map(Object.freeze) as typeof spans, () => {});
    await exporter.shutdown();

    expect(JSON.stringify(spans[0]!.attributes) + Reflect.ownKeys(spans[0]!).join()).toBe(before);
    expect(sink.logs.size).toBe(1);
  });
});

describe("the types", () => {
  it("fit the SDK's own", () => {
    expectTypeOf<FlowspanSpanProcessor>().toExtend<SpanProcessor>();
    expectTypeOf<FlowspanExporter>().toExtend<SpanExporter>();
  });
});

function collect(make: (tracer: ReturnType<typeof tracerWith>["tracer"]) => void): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const processor: SpanProcessor = {
    onStart() {},
    onEnd: (span) => {
      spans.push(span);
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  make(tracerWith(processor).tracer);
  return spans;
}
