import type { Context } from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";
import { diagText } from "../base/error-text.ts";
import type { OperationSink } from "../base/log-types.ts";
import type { Leaving, RecordingPolicy } from "../base/shared-state.ts";
import { sharedState } from "../base/shared-state.ts";
import type { LogEvent, ReadableSpanLike } from "../base/span-view.ts";
import { parentOf } from "../collect/span-to-view.ts";
import { TraceCollector } from "../collect/trace-collector.ts";
import type { Delivery, DeliveryStats } from "../deliver/index.ts";
import { LossNotes, Spool } from "../deliver/index.ts";
import { CallPricing } from "./call-pricing.ts";
import { createDelivery } from "./create-delivery.ts";
import { keepContextFields } from "./keep-context-fields.ts";
import { keepRemoteParent } from "./keep-remote-parent.ts";
import { KeepSink } from "./keep-sink.ts";
import { createLabelSink } from "./label-sink.ts";
import { recordingPolicy } from "./recording-policy.ts";
import type { ResolvedOptions } from "./resolve-options.ts";
import { SpoolLoader } from "./spool-loader.ts";
import { type SpoolPlace, spoolPlace } from "./spool-place.ts";
import { withDeadline } from "./with-deadline.ts";

/** The flag of a trace that is recorded. */
export const SAMPLED = 1;

/** What became of everything that was recorded. */
export interface FlowspanStats extends DeliveryStats {
  /** Spans that ended after their trace had gone out. */
  readonly late: number;
  /**
   * Log records with a call's messages that came after its log had gone out, or that had no room;
   * see `FlowspanLogRecordProcessor`.
   */
  readonly droppedLogRecords: number;
  /** Calls of our own wrappers that OTel's sampler left out. Foreign spans can't be seen. */
  readonly notSampled: number;
}

/** From ended spans to the Log API: a collector, a delivery, and the policy of the recording. */
export class Pipeline {
  readonly #options: ResolvedOptions;
  readonly #policy: RecordingPolicy;
  readonly #collector: TraceCollector;
  readonly #pricing: CallPricing | undefined;
  readonly #delivery: Delivery;
  readonly #keepSink: KeepSink | undefined;
  readonly #notes = new LossNotes();
  readonly #place: SpoolPlace | undefined;
  readonly #spool: Spool | undefined;
  readonly #loader: SpoolLoader | undefined;
  readonly #notSampledBefore = sharedState().notSampled;
  readonly #contextLeft = (traceId: string, spanId: string, how: Leaving): void => {
    this.#guard(() => this.#collector.contextLeft(traceId, spanId, how));
  };
  #closed: Promise<void> | undefined;
  #isFaultSaid = false;

  /**
   * @param seesStarts spans are handed over when they start, too.
   * @param place where the spool is. Default: in `spoolDir`, if there is one.
   */
  constructor(
    options: ResolvedOptions,
    seesStarts: boolean,
    place: SpoolPlace | undefined = spoolPlace(options),
  ) {
    this.#options = options;
    const notes = this.#notes;
    this.#place = place;
    const { maxSpoolBytes } = options;
    this.#spool = place && new Spool({ ...place, maxBytes: maxSpoolBytes, notes });
    this.#delivery = createDelivery(options, notes, this.#spool);
    const { environment } = options;
    const sink: OperationSink =
      environment === undefined ? this.#delivery : createLabelSink(this.#delivery, environment);
    this.#keepSink = options.keep && new KeepSink(sink, options.keep);
    const pricing = options.prices ? new CallPricing() : undefined;
    this.#pricing = pricing;
    this.#collector = new TraceCollector({
      sink: this.#keepSink ?? sink,
      seesStarts,
      openTraceMillis: options.openTraceMillis,
      lateSpanMillis: options.lateSpanMillis,
      content: options.content,
      acceptRemoteParent: options.acceptRemoteParent,
      limits: { maxFieldBytes: options.maxFieldBytes, mask: options.mask },
      pricing: pricing?.assembleOptions,
      isReady: pricing && (() => pricing.isReady),
      journal: place?.takesSpans ? this.#spool : undefined,
    });
    void pricing?.ready.then(() => this.#guard(() => this.#collector.becameReady()));
    this.#loader =
      this.#spool &&
      new SpoolLoader({
        spool: this.#spool,
        delivery: this.#delivery,
        sink: this.#keepSink ?? sink,
        assembleOptions: this.#collector.assembleOptions,
        ready: pricing?.ready,
        notes,
      });
    this.#policy = recordingPolicy(options);
    sharedState().policies.add(this.#policy);
    sharedState().leaving.add(this.#contextLeft);
  }

  /** Nothing waits, in memory or to be brought back from the disk. */
  get isIdle(): boolean {
    return this.#delivery.stats().pending === 0 && (this.#loader?.isIdle ?? true);
  }

  /** How many traces are on disk alone. */
  get leftTraces(): number {
    return this.#spool?.leftTraces ?? 0;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Takes a span that has started. Never throws. */
  spanStarted(span: ReadableSpanLike, parentContext: Context): void {
    this.#take(span, () => {
      keepContextFields(span, parentContext);
      if (!this.#collector.knowsParent(span)) keepRemoteParent(span, parentContext);
      this.#collector.spanStarted(span);
    });
  }

  /** Takes a span that has ended. Never throws. */
  spanEnded(span: ReadableSpanLike): void {
    this.#take(span, () => {
      this.#collector.spanEnded(span);
      const { spanId, isRemote } = parentOf(span);
      if (spanId === undefined || isRemote) this.#options.waitUntil?.(this.flush());
    });
  }

  /** Takes a log record that is an event of a span. Never throws. */
  logRecorded(traceId: string, spanId: string, event: LogEvent, bytes: number): void {
    if (this.#closed) return;
    this.#guard(() => this.#collector.logRecorded(traceId, spanId, event, bytes));
  }

  /** Sends everything that is known, without completing traces that are still in their window. */
  async flush(timeoutMillis: number = this.#options.flushTimeoutMillis): Promise<FlowspanStats> {
    const restMillis = this.#isPriced ? timeoutMillis : await this.#untilPriced(timeoutMillis);
    this.#guard(() => this.#collector.flush());
    await this.#send(restMillis);
    return this.stats();
  }

  /** Completes and sends what is known, but goes on: for an end that may not be one. */
  async finish(timeoutMillis: number): Promise<FlowspanStats> {
    const restMillis = this.#isPriced ? timeoutMillis : await this.#untilPriced(timeoutMillis);
    this.#guard(() => this.#collector.shutdown());
    await this.#send(restMillis);
    return this.stats();
  }

  /** Writes what is not sent to the spool, at once, and closes it: the process is about to end. */
  leave(): void {
    this.#guard(() => {
      this.#collector.journalOpen();
      this.#collector.shutdown();
      this.#loader?.stop();
      this.#delivery.leaveAll();
      this.#closeSpool();
    });
  }

  /** Completes and sends what is known, then closes. Idempotent. */
  shutdown(timeoutMillis: number = this.#options.shutdownTimeoutMillis): Promise<void> {
    this.#closed ??= this.#close(timeoutMillis);
    return this.#closed;
  }

  stats(): FlowspanStats {
    const { late, failed, droppedLogEvents } = this.#collector.stats();
    const stats = this.#delivery.stats();
    const notSampled = sharedState().notSampled - this.#notSampledBefore;
    const dropped: Record<string, number> = { ...stats.dropped };
    let { recorded } = stats;
    // What could not be made into a log was recorded, and is lost through a fault of ours.
    const lost = { fault: failed, "not-kept": this.#keepSink?.dropped ?? 0 };
    for (const [reason, count] of Object.entries(lost)) {
      if (count > 0) dropped[reason] = (dropped[reason] ?? 0) + count;
      recorded += count;
    }
    return {
      ...stats,
      recorded,
      dropped,
      late,
      droppedLogRecords: droppedLogEvents,
      notSampled,
    };
  }

  async #close(timeoutMillis: number): Promise<void> {
    sharedState().policies.delete(this.#policy);
    sharedState().leaving.delete(this.#contextLeft);
    this.#guard(() => this.#collector.journalOpen());
    const restMillis = this.#isPriced ? timeoutMillis : await this.#untilPriced(timeoutMillis);
    this.#guard(() => this.#collector.shutdown());
    this.#loader?.stop();
    await this.#delivery.shutdown(restMillis);
    this.#closeSpool();
  }

  #closeSpool(): void {
    const { spooled } = this.#delivery.stats();
    if (spooled > 0) {
      this.#notes.once(
        "spooled-at-end",
        `${spooled} logs were not sent. They are in ${this.#place?.folder}; the next start sends them.`,
      );
    }
    this.#spool?.close();
  }

  /** Waits for what logs are made with, and gives what is left of the time. */
  async #untilPriced(timeoutMillis: number): Promise<number> {
    const started = performance.now();
    // Half of it is for the sending, whatever happens.
    if (this.#pricing) await withDeadline(timeoutMillis / 2, this.#pricing.ready);
    return Math.max(0, timeoutMillis - (performance.now() - started));
  }

  get #isPriced(): boolean {
    return this.#pricing?.isReady ?? true;
  }

  /** Sends what was handed over, and what the disk has left. */
  async #send(timeoutMillis: number): Promise<void> {
    const started = performance.now();
    const sent = this.#delivery.flush(timeoutMillis);
    if (this.#loader) await withDeadline(timeoutMillis, this.#loader.idle());
    await sent;
    const restMillis = timeoutMillis - (performance.now() - started);
    if (this.#loader && restMillis > 0) await this.#delivery.flush(restMillis);
  }

  #take(span: ReadableSpanLike, hand: () => void): void {
    if (this.#closed) return;
    this.#guard(() => {
      if ((span.spanContext().traceFlags & SAMPLED) === SAMPLED) hand();
    });
  }

  /** The program's own code is never disturbed by a fault of ours. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (this.#isFaultSaid) return;
      this.#isFaultSaid = true;
      diag.error(
        "flowspan: a span could not be taken; more of the same are not said.",
        diagText(error),
      );
    }
  }
}
