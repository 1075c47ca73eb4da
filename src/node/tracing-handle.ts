import type { FlowspanStats } from "../otel/pipeline.ts";

/** What `start()` gives. */
export interface Tracing {
  /**
   * Sends everything recorded so far and gives the stats; traces that still wait for late spans
   * are not completed. Has a deadline (`flushTimeoutMillis`). Never rejects.
   */
  flush(): Promise<FlowspanStats>;
  /**
   * Completes and sends everything, then takes tracing out of the process, so that `start()` may
   * be called again. Has a deadline (`shutdownTimeoutMillis`). Idempotent, never rejects.
   */
  shutdown(): Promise<FlowspanStats>;
  /** What became of everything recorded so far. */
  stats(): FlowspanStats;
}

const NO_STATS: FlowspanStats = {
  recorded: 0,
  sent: 0,
  pending: 0,
  spooled: 0,
  retried: 0,
  repeated: 0,
  truncated: 0,
  dropped: {},
  late: 0,
  droppedLogRecords: 0,
  notSampled: 0,
};

/** A handle where nothing is recorded. */
export function createIdleTracing(): Tracing {
  return {
    flush: async () => NO_STATS,
    shutdown: async () => NO_STATS,
    stats: () => NO_STATS,
  };
}
