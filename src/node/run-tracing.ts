import { diag } from "@opentelemetry/api";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { FlowspanStats } from "../otel/pipeline.ts";
import { Pipeline } from "../otel/pipeline.ts";
import { PipelineProcessor } from "../otel/pipeline-processor.ts";
import { exitPlace } from "../otel/spool-place.ts";
import { withDeadline } from "../otel/with-deadline.ts";
import { onExits } from "./exits.ts";
import { createLazyOtlpExporter } from "./lazy-otlp-exporter.ts";
import type { ResolvedStartOptions } from "./start-options.ts";
import type { Tracing } from "./tracing-handle.ts";

/** Our own deadline comes first; this one is for what else gets the spans, such as OTLP. */
const MARGIN_MILLIS = 250;

/** Tracing that runs, but for a provider that makes spans for it. */
export interface RunningTracing {
  readonly tracing: Tracing;
  /** What sends to the Log API. */
  readonly processor: SpanProcessor;
  /** What a provider of ours has to hand its spans to: `processor`, and OTLP where asked. */
  readonly processors: readonly SpanProcessor[];
  /** Takes spans no more from now on: called as `tracing.shutdown()` begins. */
  onShutdown: () => void;
  /** Called when `tracing.shutdown()` is done. */
  onClosed: () => void;
}

/**
 * Runs all of tracing but the provider: the pipeline to the Log API, OTLP beside it where
 * `sendsOtlp` says so, and the work at the process's end.
 */
export function runTracing({ flowspan, otlpUrl, sendsOtlp }: ResolvedStartOptions): RunningTracing {
  const { flushTimeoutMillis, shutdownTimeoutMillis } = flowspan;
  const pipeline = new Pipeline(flowspan, true, exitPlace(flowspan));
  const otlp = sendsOtlp ? new BatchSpanProcessor(createLazyOtlpExporter(otlpUrl)) : undefined;
  const processor = new PipelineProcessor(pipeline);
  const processors: SpanProcessor[] = [processor, ...(otlp ? [otlp] : [])];
  let closed: Promise<FlowspanStats> | undefined;
  const close = async (): Promise<FlowspanStats> => {
    running.onShutdown();
    const done = Promise.all(processors.map((one) => one.shutdown()));
    await within(shutdownTimeoutMillis + MARGIN_MILLIS, done);
    forgetExits();
    running.onClosed();
    return pipeline.stats();
  };
  const tracing: Tracing = {
    async flush() {
      const done = Promise.all(processors.map((one) => one.forceFlush()));
      await within(flushTimeoutMillis + MARGIN_MILLIS, done);
      return pipeline.stats();
    },
    shutdown() {
      closed ??= close();
      return closed;
    },
    stats: () => pipeline.stats(),
  };
  const send = (sent: Promise<unknown>, timeoutMillis: number): Promise<void> =>
    within(timeoutMillis + MARGIN_MILLIS, Promise.all([sent, otlp?.forceFlush()]));
  const forgetExits = onExits(
    {
      finish: (timeoutMillis) => send(pipeline.finish(timeoutMillis), timeoutMillis),
      flush: (timeoutMillis) => send(pipeline.flush(timeoutMillis), timeoutMillis),
      stats: () => pipeline.stats(),
      leave: () => pipeline.leave(),
      close: () => void pipeline.shutdown(0),
    },
    shutdownTimeoutMillis,
  );
  const running: RunningTracing = {
    tracing,
    processor,
    processors,
    onShutdown: () => {},
    onClosed: () => {},
  };
  return running;
}

/** Waits for processors, but not for ever and never failing. */
function within(timeoutMillis: number, done: Promise<unknown>): Promise<void> {
  const quiet = done.catch((error: unknown) => {
    diag.error("flowspan: a span processor failed to flush or to shut down.", error);
  });
  return withDeadline(timeoutMillis, quiet);
}
