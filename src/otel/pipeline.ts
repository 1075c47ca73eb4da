import type { Context } from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";
import type { OperationSink } from "../base/log-types.ts";
import { semconvMessageAttributes } from "../base/semconv-messages.ts";
import type { RecordingPolicy } from "../base/shared-state.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike } from "../base/span-view.ts";
import type { ApiUrl } from "../client/api-url.ts";
import { UndiciTransport } from "../client/undici-transport.ts";
import { TraceCollector } from "../collect/trace-collector.ts";
import type { DeliveryStats } from "../deliver/index.ts";
import { Delivery } from "../deliver/index.ts";
import { keepContextFields } from "./keep-context-fields.ts";
import { keepRemoteParent } from "./keep-remote-parent.ts";
import { KeepSink } from "./keep-sink.ts";
import { createLabelSink } from "./label-sink.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** Enough for the document wire's requests at once. */
const CONNECTIONS = 16;
const SAMPLED = 1;

/** What became of everything that was recorded. */
export interface FlowspanStats extends DeliveryStats {
  /** Spans that ended after their trace had gone out. */
  readonly late: number;
  /** Calls of our own wrappers that OTel's sampler left out. Foreign spans can't be seen. */
  readonly notSampled: number;
}

/** From ended spans to the Log API: a collector, a delivery, and the policy of the recording. */
export class Pipeline {
  readonly #options: ResolvedOptions;
  readonly #policy: RecordingPolicy;
  readonly #collector: TraceCollector;
  readonly #delivery: Delivery;
  readonly #keepSink: KeepSink | undefined;
  readonly #notSampledBefore = sharedState().notSampled;
  readonly #contextLeft = (traceId: string, spanId: string): void => {
    this.#guard(() => this.#collector.contextLeft(traceId, spanId));
  };
  #closed: Promise<void> | undefined;
  #isFaultSaid = false;

  /** `seesStarts`: spans are handed over when they start, too. */
  constructor(options: ResolvedOptions, seesStarts: boolean) {
    this.#options = options;
    this.#delivery = createDelivery(options);
    const { environment } = options;
    const sink: OperationSink =
      environment === undefined ? this.#delivery : createLabelSink(this.#delivery, environment);
    this.#keepSink = options.keep && new KeepSink(sink, options.keep);
    this.#collector = new TraceCollector({
      sink: this.#keepSink ?? sink,
      seesStarts,
      openTraceMillis: options.openTraceMillis,
      lateSpanMillis: options.lateSpanMillis,
      content: options.content,
      limits: { maxFieldBytes: options.maxFieldBytes, mask: options.mask },
    });
    this.#policy = recordingPolicy(options);
    sharedState().policies.add(this.#policy);
    sharedState().leaving.add(this.#contextLeft);
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
    this.#take(span, () => this.#collector.spanEnded(span));
  }

  /** Sends everything that is known, without completing traces that are still in their window. */
  async flush(timeoutMillis: number = this.#options.flushTimeoutMillis): Promise<FlowspanStats> {
    this.#guard(() => this.#collector.flush());
    await this.#delivery.flush(timeoutMillis);
    return this.stats();
  }

  /** Completes and sends what is known, then closes. Idempotent. */
  shutdown(timeoutMillis: number = this.#options.shutdownTimeoutMillis): Promise<void> {
    this.#closed ??= this.#close(timeoutMillis);
    return this.#closed;
  }

  stats(): FlowspanStats {
    const { late, failed } = this.#collector.stats();
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
    return { ...stats, recorded, dropped, late, notSampled };
  }

  async #close(timeoutMillis: number): Promise<void> {
    sharedState().policies.delete(this.#policy);
    sharedState().leaving.delete(this.#contextLeft);
    this.#guard(() => this.#collector.shutdown());
    await this.#delivery.shutdown(timeoutMillis);
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
      diag.error("flowspan: a span could not be taken; more of the same are not said.", error);
    }
  }
}

function createDelivery({ url, apiKey, requestTimeoutMillis, maxQueueBytes }: ResolvedOptions) {
  const transport = new UndiciTransport({
    url,
    apiKey,
    requestTimeoutMillis,
    connections: CONNECTIONS,
    // A server that never answers would keep a program from its end: only a flush may, for a while.
    holdsProcess: false,
  });
  return new Delivery({ transport, isLoopback: url.isLoopback, maxQueueBytes });
}

function recordingPolicy(options: ResolvedOptions): RecordingPolicy {
  const { content, maxFieldBytes, mask, semconvContent, url } = options;
  const contentAttributes = semconvContent ? semconvMessageAttributes : undefined;
  return { content, maxFieldBytes, mask, contentAttributes, viewerUrl: viewerUrl(url) };
}

/** The viewer stands beside the API: `http://host/v5` has it at `http://host`. */
function viewerUrl({ origin, basePath }: ApiUrl): string {
  return origin + basePath.replace(/\/v\d+$/, "");
}
