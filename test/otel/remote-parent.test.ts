import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  SimpleSpanProcessor,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { flow, prompt, resume, tool } from "../../src/index.ts";
import { FlowspanExporter, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const ROOT = `log_${TRACE_ID}b7ad6b7169203331`;
/** From a tool under the root, in another process. */
const CARRIER = {
  traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
  baggage: `flowspan.parent=${ROOT}/00f067aa0ba902b7`,
};

let sink: LogApiSink;

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
});

afterEach(async () => {
  for (const api of [trace, context, propagation]) api.disable();
  await sink.close();
});

function begin(processor: SpanProcessor): BasicTracerProvider {
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return provider;
}

/** Each log's path with the trace and the parent it was sent under. */
function placed(): readonly (readonly unknown[])[] {
  return [...sink.logs.values()].map(({ parentId, fields }) => [
    fields.path,
    fields.trace_id,
    sink.logs.get(parentId ?? "")?.fields.path ?? parentId,
  ]);
}

const PARENT = `log_${TRACE_ID}00f067aa0ba902b7`;

describe.each<[string, (url: string) => SpanProcessor]>([
  ["FlowspanSpanProcessor", (url) => new FlowspanSpanProcessor({ url })],
  [
    "FlowspanSpanProcessor with keep",
    (url) => new FlowspanSpanProcessor({ url, keep: () => true }),
  ],
  [
    "FlowspanExporter",
    (url) => new SimpleSpanProcessor(new FlowspanExporter({ url, lateSpanMillis: 0 })),
  ],
])("%s in a process that a carrier came to", (_, create) => {
  it("sends a Flow under the log that the carrier names, and completes that Flow alone", async () => {
    const provider = begin(create(sink.url));

    await resume(
      CARRIER,
      flow("child", async () => tool("step", async () => 1)()),
    );
    await provider.shutdown();

    const [child] = [...sink.logs.values()].filter(({ fields }) => fields.path === "child");
    expect(placed()).toEqual(
      expect.arrayContaining([
        ["child", ROOT, PARENT],
        ["step", ROOT, "child"],
      ]),
    );
    expect([...sink.completed]).toEqual([child!.id]);
  });

  it("makes no Flow for several logs without one, and completes nothing", async () => {
    const provider = begin(create(sink.url));

    await resume(CARRIER, async () => {
      await tool("one", async () => 1)();
      await prompt("two", async () => "x")();
    });
    await provider.shutdown();

    expect(placed()).toEqual(
      expect.arrayContaining([
        ["one", ROOT, PARENT],
        ["two", ROOT, PARENT],
      ]),
    );
    expect(sink.logs.size).toBe(2);
    expect(sink.completed.size).toBe(0);
  });

  it("makes a trace of its own where the carrier names no log", async () => {
    const provider = begin(create(sink.url));

    await resume(
      { traceparent: CARRIER.traceparent },
      flow("child", async () => 1),
    );
    await provider.shutdown();

    const [child] = [...sink.logs.values()];
    expect(child!.parentId).toBeUndefined();
    expect([...sink.completed]).toEqual([child!.id]);
  });
});

describe("FlowspanSpanProcessor that accepts no remote parent", () => {
  it("makes a trace of its own of what a carrier brought", async () => {
    const provider = begin(new FlowspanSpanProcessor({ url: sink.url, acceptRemoteParent: false }));

    await resume(
      CARRIER,
      flow("child", async () => 1),
    );
    await provider.shutdown();

    expect(placed()).toEqual([["child", undefined, undefined]]);
    expect(sink.completed.size).toBe(1);
  });
});
