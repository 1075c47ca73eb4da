import type { ReadableSpan, Span, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { withDeadline } from "../otel/with-deadline.ts";
import type { RunningTracing } from "./run-tracing.ts";

/**
 * How long somebody else's flush or end may wait for us, in milliseconds. Sentry gives all of its
 * processors half a second together, and rejects after that.
 */
const MAX_FLUSH_MILLIS = 250;
const MAX_SHUTDOWN_MILLIS = 2_000;

/**
 * Hands a provider's spans to tracing that its owner knows nothing of. What is not sent when its
 * flush is over, is sent later on; at its end, it is left on disk.
 */
export class GuestProcessor implements SpanProcessor {
  readonly #running: RunningTracing;

  constructor(running: RunningTracing) {
    this.#running = running;
  }

  onStart(span: Span, parentContext: Parameters<SpanProcessor["onStart"]>[1]): void {
    this.#running.processor.onStart(span, parentContext);
  }

  onEnd(span: ReadableSpan): void {
    this.#running.processor.onEnd(span);
  }

  async forceFlush(): Promise<void> {
    await withDeadline(MAX_FLUSH_MILLIS, this.#running.tracing.flush());
  }

  async shutdown(): Promise<void> {
    await withDeadline(MAX_SHUTDOWN_MILLIS, this.#running.tracing.shutdown());
  }
}
