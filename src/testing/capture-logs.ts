import {
  type Context,
  context,
  ProxyTracerProvider,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan, type Span } from "@opentelemetry/sdk-trace-base";
import type { LogDraft } from "../base/log-types.ts";
import { TraceCollector } from "../collect/trace-collector.ts";
import { keepContextFields } from "../otel/keep-context-fields.ts";
import { keepRemoteParent } from "../otel/keep-remote-parent.ts";
import { type CapturedLog, toCapturedLogs } from "./captured-log.ts";

/** What `captureLogs` gives. */
export interface Captured<T> {
  /** What the body gave. */
  readonly result: T;
  /** The logs that its calls would have sent, as trees. */
  readonly logs: readonly CapturedLog[];
}

/**
 * Runs a test's body and gives the logs that its calls would have sent. Nothing is sent; spans of
 * other instrumentations count like our own. Captures may run side by side: each sees its own
 * calls only.
 *
 * What is still open when the body has settled is given as far as it went.
 *
 * @throws Error when a tracer provider is registered, by `start()` or another setup: it would not
 * see the capture. What the body throws comes through as it is.
 * @example
 * const { logs } = await captureLogs(() => agent("How do I reset my password?"));
 * expect(logs).toMatchInlineSnapshot();
 */
export async function captureLogs<T>(body: () => T | PromiseLike<T>): Promise<Captured<T>> {
  const release = holdProvider();
  const drafts = new Map<string, LogDraft>();
  const started: string[] = [];
  const collector = new TraceCollector({
    sink: {
      submit(operations) {
        for (const { log } of operations) drafts.set(log.id, log);
      },
    },
    seesStarts: true,
    openTraceMillis: Number.POSITIVE_INFINITY,
    lateSpanMillis: Number.POSITIVE_INFINITY,
  });
  const capture: Capture = { collector, started };
  try {
    const result = await context.with(context.active().setValue(CAPTURE_KEY, capture), body);
    collector.shutdown();
    return { result, logs: toCapturedLogs([...drafts.values()], started) };
  } finally {
    release();
  }
}

/** One capture that runs. */
interface Capture {
  readonly collector: TraceCollector;
  /** Log ids of its spans, in the order in which they started. */
  readonly started: string[];
}

/** Holds the capture that runs. */
const CAPTURE_KEY = Symbol.for("flowspan.capture");

/** On a provider of ours: how many captures use it. The last one takes it away. */
const HOLDERS = Symbol.for("flowspan.capture.holders");

interface Holders {
  count: number;
}

function holdProvider(): () => void {
  const holders = registeredHolders() ?? registerProvider();
  holders.count++;
  return () => {
    holders.count--;
    if (holders.count > 0) return;
    trace.disable();
    context.disable();
  };
}

function registeredHolders(): Holders | undefined {
  const proxy: TracerProvider = trace.getTracerProvider();
  const provider = proxy instanceof ProxyTracerProvider ? proxy.getDelegate() : proxy;
  return (provider as { [HOLDERS]?: Holders })[HOLDERS];
}

function registerProvider(): Holders {
  const holders: Holders = { count: 0 };
  const provider = new BasicTracerProvider({ spanProcessors: [new CaptureProcessor()] });
  Object.defineProperty(provider, HOLDERS, { value: holders });
  if (!trace.setGlobalTracerProvider(provider)) {
    throw new Error(
      "captureLogs(): expected no tracer provider, got one that is registered already. " +
        "Call it without start() and without another OpenTelemetry setup.",
    );
  }
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return holders;
}

/** Brings each span to the capture that it was started in. */
class CaptureProcessor {
  readonly #collectors = new WeakMap<object, TraceCollector>();

  onStart(span: Span, parentContext: Context): void {
    const capture = parentContext.getValue(CAPTURE_KEY) as Capture | undefined;
    if (capture === undefined) return;
    const { collector, started } = capture;
    this.#collectors.set(span, collector);
    const { traceId, spanId } = span.spanContext();
    started.push(`log_${traceId}${spanId}`);
    keepContextFields(span, parentContext);
    keepRemoteParent(span, parentContext);
    collector.spanStarted(span);
  }

  onEnd(span: ReadableSpan): void {
    this.#collectors.get(span)?.spanEnded(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
