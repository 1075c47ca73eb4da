import { type Context, diag, type SpanContext, trace } from "@opentelemetry/api";
import { diagText } from "../base/error-text.ts";
import { logEventOf } from "./log-event-of.ts";
import { SAMPLED } from "./pipeline.ts";
import type { LogEventTaker } from "./pipeline-processor.ts";

/**
 * A log record of any OpenTelemetry JS SDK for logs. The SDKs' own types are no dependency here.
 */
export interface LogRecordLike {
  readonly spanContext?: SpanContext | undefined;
  /** Older instrumentations give it as the attribute `event.name`. */
  readonly eventName?: string | undefined;
  readonly body?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Joins the messages that GenAI instrumentations emit as log records to the spans that they are
 * of, before those are made into logs. Fits the `LogRecordProcessor` of `@opentelemetry/sdk-logs`.
 *
 * - Taken are `gen_ai.system.message` and its kind, `gen_ai.choice`, and
 *   `gen_ai.client.inference.operation.details`, of sampled spans; other records are left alone.
 * - A record is copied as it is emitted, and is never changed; `onEmit` never throws or waits.
 * - One that comes after its span has ended is still joined, until the span's log goes out; later
 *   ones are counted in the span processor's `stats().droppedLogRecords`.
 * - There is nothing to flush: the span processor sends.
 *
 * @param target the `FlowspanSpanProcessor` or `FlowspanExporter` that the spans go to.
 * @example
 * const spans = new FlowspanSpanProcessor();
 * new NodeSDK({
 *   spanProcessors: [spans],
 *   logRecordProcessors: [new FlowspanLogRecordProcessor(spans)],
 * });
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-events/
 */
export class FlowspanLogRecordProcessor {
  readonly #target: LogEventTaker;
  #isFaultSaid = false;

  constructor(target: LogEventTaker) {
    if (typeof target?.takeLogEvent !== "function") {
      throw new TypeError(
        `FlowspanLogRecordProcessor: expected a FlowspanSpanProcessor or FlowspanExporter, got ${typeof target}. Pass the one that the spans go to.`,
      );
    }
    this.#target = target;
  }

  onEmit(logRecord: LogRecordLike, context?: Context): void {
    try {
      const span = logRecord.spanContext ?? (context && trace.getSpanContext(context));
      if (span === undefined || (span.traceFlags & SAMPLED) !== SAMPLED) return;
      const copied = logEventOf(logRecord);
      if (copied !== undefined) this.#target.takeLogEvent(span, copied.event, copied.bytes);
    } catch (error) {
      if (this.#isFaultSaid) return;
      this.#isFaultSaid = true;
      diag.error("flowspan: a log record could not be taken.", diagText(error));
    }
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}
