import type { Context, SpanContext } from "@opentelemetry/api";
import type { LogEvent, ReadableSpanLike } from "../base/span-view.ts";
import type { FlowspanStats, Pipeline } from "./pipeline.ts";

/** What log records are joined to spans through. */
export interface LogEventTaker {
  /** For `FlowspanLogRecordProcessor`. @param bytes what the event takes in memory, about. */
  takeLogEvent(span: SpanContext, event: LogEvent, bytes: number): void;
}

/** Hands spans to a pipeline, as the SDKs' span processors do. Without one it does nothing. */
export class PipelineProcessor implements LogEventTaker {
  readonly #pipeline: Pipeline | undefined;

  constructor(pipeline: Pipeline | undefined) {
    this.#pipeline = pipeline;
  }

  onStart(span: ReadableSpanLike, parentContext: Context): void {
    this.#pipeline?.spanStarted(span, parentContext);
  }

  onEnd(span: ReadableSpanLike): void {
    this.#pipeline?.spanEnded(span);
  }

  takeLogEvent({ traceId, spanId }: SpanContext, event: LogEvent, bytes: number): void {
    this.#pipeline?.logRecorded(traceId, spanId, event, bytes);
  }

  async forceFlush(): Promise<void> {
    await this.#pipeline?.flush();
  }

  async shutdown(): Promise<void> {
    await this.#pipeline?.shutdown();
  }

  /** What became of everything so far; `undefined` where it is disabled. */
  stats(): FlowspanStats | undefined {
    return this.#pipeline?.stats();
  }
}
