import type { AssembleOptions } from "../assemble/options.ts";
import type { EncodeLimits } from "../base/encode-limits.ts";
import type { OperationSink } from "../base/log-types.ts";
import type { ContentMode } from "../base/shared-state.ts";
import type { Timers } from "./timers.ts";

/** How a collector waits, and whom it hands over to. */
export interface TraceCollectorOptions {
  readonly sink: OperationSink;
  /** True: `spanStarted` is called for every span before `spanEnded`. */
  readonly seesStarts: boolean;
  /** A tree that is open for longer is handed over in parts, in milliseconds. Needs starts. */
  readonly openTraceMillis: number;
  /** How long spans are waited for after their local root has ended, in milliseconds. */
  readonly lateSpanMillis: number;
  /** The same for a trace that was carried elsewhere. Default 30,000, or the above if longer. */
  readonly leftSpanMillis?: number;
  /** Default: the resource's `service.name`. */
  readonly serviceName?: string;
  /** Default `span`. */
  readonly content?: ContentMode;
  /** False: no span hangs under another process's log. Default true. */
  readonly acceptRemoteParent?: boolean;
  /** Mask and byte cap for spans that are not ours. */
  readonly limits?: EncodeLimits;
  /** What costs are made with. Default: none are made. */
  readonly pricing?: Pick<AssembleOptions, "price" | "estimateTokens">;
  /**
   * False while something that logs are made with still loads: a tree that is whole then waits, for
   * `becameReady()` or for `lateSpanMillis`. Default: always true.
   */
  readonly isReady?: () => boolean;
  /**
   * How many ended spans may wait, and how many may be open. Past it the oldest tree goes out as
   * it is. Default 50,000.
   */
  readonly maxPendingSpans?: number;
  readonly timers?: Timers;
  /** Where every ended span is written before anything is made of it. Default: nowhere. */
  readonly journal?: Journal;
}

/** Keeps what was recorded until nobody holds its trace any more. No method throws. */
export interface Journal {
  /** Writes one line of a trace, JSON. */
  append(traceId: string, text: string): void;
  /** Somebody has something of the trace to do. */
  hold(traceId: string): void;
  /** One who held it is done. */
  release(traceId: string): void;
}

/** What a collector holds and what became of spans that did not come in time. */
export interface CollectorStats {
  /** Ended spans that wait for their tree. */
  readonly pendingSpans: number;
  /** Spans that have started and not ended. */
  readonly openSpans: number;
  /** Logs that were made or changed after their tree had gone out or their trace was complete. */
  readonly late: number;
  /** Spans whose parent in this process never came: they were handed over as local roots. */
  readonly orphaned: number;
  /** Log records that came after their span's log had gone out, or that had no room. */
  readonly droppedLogEvents: number;
  /** Spans whose logs could not be made, through a fault of ours. */
  readonly failed: number;
}
