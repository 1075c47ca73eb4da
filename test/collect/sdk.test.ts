import { type Attributes, context, diag, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import { expect, it, vi } from "vitest";
import { toJsonText } from "../../src/base/json-text.ts";
import { sharedState } from "../../src/base/shared-state.ts";
import { spanToView } from "../../src/collect/span-to-view.ts";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { values } from "../assemble/spans.ts";
import { FakeTimers, MemorySink } from "./fakes.ts";

const FLOW = { "flowspan.type": "flow", "flowspan.path": "support/agent" };
const CHAT = { "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o" };

function setUp(seesStarts: boolean) {
  const sink = new MemorySink();
  const timers = new FakeTimers();
  const waits = { openTraceMillis: 2000, lateSpanMillis: 1000 };
  const collector = new TraceCollector({ sink, timers, seesStarts, ...waits });
  return { sink, timers, collector };
}

/** Starts a span below another one. */
function childOf(
  parent: Span | undefined,
  provider: BasicTracerProvider,
  attributes: Attributes,
): Span {
  const above = parent === undefined ? ROOT_CONTEXT : trace.setSpan(context.active(), parent);
  return provider.getTracer("test").startSpan("work", { attributes }, above);
}

it("takes spans of a real provider as they start and end", () => {
  const { sink, collector } = setUp(true);
  const provider = new BasicTracerProvider({
    spanProcessors: [
      {
        onStart: (span) => collector.spanStarted(span),
        onEnd: (span) => collector.spanEnded(span),
        forceFlush: async () => collector.flush(),
        shutdown: async () => collector.shutdown(),
      },
    ],
  });

  const flow = childOf(undefined, provider, FLOW);
  const http = childOf(flow, provider, {});
  const chat = childOf(http, provider, CHAT);
  for (const span of [chat, http, flow]) span.end();

  const rootId = `log_${flow.spanContext().traceId}${flow.spanContext().spanId}`;
  expect(sink.operations.map(({ op, log }) => [op, log.type])).toEqual([
    ["create", "flow"],
    ["create", "prompt"],
    ["complete", "flow"],
  ]);
  expect(sink.operations[1]?.log).toMatchObject({ rootId, parentId: rootId });
  expect(values(sink.operations[1]!.log)).toMatchObject({
    path: "support/agent/chat",
    prompt: { model: "gpt-4o", endpoint: "chat" },
  });
});

it("takes spans of a real provider in batches, children first", async () => {
  const { sink, timers, collector } = setUp(false);
  const exporter: SpanExporter = {
    export(spans, done) {
      for (const span of spans) collector.spanEnded(span);
      done({ code: 0 });
    },
    shutdown: async () => collector.shutdown(),
  };
  const batches = new BatchSpanProcessor(exporter);
  const provider = new BasicTracerProvider({ spanProcessors: [batches] });

  const flow = childOf(undefined, provider, FLOW);
  const chat = childOf(flow, provider, CHAT);
  chat.end();
  await batches.forceFlush();
  timers.advance(5000);
  expect(sink.lines).toEqual([]);
  flow.end();
  await batches.forceFlush();
  timers.advance(1500);

  expect(sink.operations.map(({ op, log }) => [op, log.type])).toEqual([
    ["create", "flow"],
    ["create", "prompt"],
    ["complete", "flow"],
  ]);
  await provider.shutdown();
});

it("views a span with what was recorded for it", () => {
  const provider = new BasicTracerProvider();
  const parent = childOf(undefined, provider, {});
  const span = childOf(parent, provider, { a: 1 }) as Span & ReadableSpan;
  const recorded = { type: "tool", fields: {}, query: {}, meta: {} } as const;
  const contextFields = { user: toJsonText("ada") };
  sharedState().recorded.set(span, recorded);
  sharedState().contextFields.set(span, contextFields);

  expect(spanToView(span)).toMatchObject({
    parentSpanId: parent.spanContext().spanId,
    parentIsRemote: false,
    endTime: undefined,
    attributes: { a: 1 },
    scopeName: "test",
    recorded,
    contextFields,
  });
  span.end();
  expect(spanToView(span).endTime).toEqual(span.endTime);
});

it("views a span of SDK 1.x", () => {
  const view = spanToView({
    name: "old",
    spanContext: () => ({ traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 }),
    parentSpanId: "c".repeat(16),
    startTime: [1, 2],
    endTime: [3, 4],
    ended: true,
    status: { code: 0 },
    attributes: {},
    events: [],
    instrumentationLibrary: { name: "express" },
    resource: { attributes: { "service.name": "shop" } },
  });

  expect(view).toMatchObject({
    parentSpanId: "c".repeat(16),
    parentIsRemote: undefined,
    scopeName: "express",
    resource: { "service.name": "shop" },
  });
});

it("views what is known of a resource while a detector is at work, and disturbs nobody", () => {
  const error = vi.spyOn(diag, "error");
  const detected = resourceFromAttributes({
    "host.id": Promise.resolve("h"),
    "process.pid": undefined,
  });
  const named = resourceFromAttributes({ "service.name": "shop" });
  const fallback = resourceFromAttributes({ "service.name": "unknown_service" });
  const resource = fallback.merge(detected).merge(named);
  const span = new BasicTracerProvider({ resource }).getTracer("test").startSpan("work");

  const view = spanToView(span as unknown as ReadableSpan);

  expect(view.resource).toEqual({ "service.name": "shop" });
  expect(error).not.toHaveBeenCalled();
  error.mockRestore();
});
