import type { SpanContext } from "@opentelemetry/api";
import type { LogEvent, ReadableSpanLike } from "../base/span-view.ts";
import type { FlowspanExporterOptions } from "./flowspan-options.ts";
import type { FlowspanStats } from "./pipeline.ts";
import { Pipeline } from "./pipeline.ts";
import type { LogEventTaker } from "./pipeline-processor.ts";
import { resolveOptions } from "./resolve-options.ts";

/** OTel's `ExportResult`; code 0 is success, 1 is failure. */
export interface SpanExportResult {
  code: 0 | 1;
  error?: Error;
}

const SUCCESS = 0;
const FAILED = 1;

/**
 * Sends ended spans to a Log API, behind any span processor. Fits the `SpanExporter` of SDK 1.30,
 * 2.x and 3.x. It sees no span start, so a tree goes out once its local root has ended; for
 * sending earlier there is `FlowspanSpanProcessor`.
 *
 * - `export` never throws and calls back exactly once, as soon as the spans are accepted: a batch
 *   processor never waits for a root that has not ended.
 * - `forceFlush` leaves it usable; `shutdown` is idempotent, has a deadline and sends first. After
 *   it, `export` calls back with a failure.
 * - With `FLOWSPAN_DISABLED` or `OTEL_SDK_DISABLED` it accepts spans and does nothing.
 *
 * @throws TypeError or RangeError from the constructor for an option that can't be used.
 */
export class FlowspanExporter implements LogEventTaker {
  readonly #pipeline: Pipeline | undefined;

  constructor(options: FlowspanExporterOptions = {}) {
    const resolved = resolveOptions("FlowspanExporter", options, process.env);
    for (const name of ["keep", "live", "openTraceMillis"]) {
      if (!(name in options)) continue;
      throw new TypeError(
        `FlowspanExporter: expected no ${name}, got one (option). Use FlowspanSpanProcessor, which sees spans start.`,
      );
    }
    this.#pipeline = resolved.isDisabled ? undefined : new Pipeline(resolved, false);
  }

  export(
    spans: readonly ReadableSpanLike[],
    resultCallback: (result: SpanExportResult) => void,
  ): void {
    if (this.#pipeline?.isClosed) {
      resultCallback({ code: FAILED, error: new Error("FlowspanExporter: it is shut down") });
      return;
    }
    for (const span of spans) this.#pipeline?.spanEnded(span);
    resultCallback({ code: SUCCESS });
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
