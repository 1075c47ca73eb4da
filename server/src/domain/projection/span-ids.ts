/** What the library names logs by: a trace's made Flow, a span, and a made Flow of one process. */
const LOG_ID = /^log_([\da-f]{32})(?:([\da-f]{16})(_flow)?)?$/;

/** The OpenTelemetry trace and span that a log is named after. */
export interface SpanIds {
  readonly otelTraceId: string;
  /** Missing for the Flow that is made for a trace. */
  readonly spanId?: string;
  /** Whether the log is a Flow that no span stands for. */
  readonly isMade: boolean;
}

/** What a log's id says of its span; `undefined` for an id that somebody else chose. */
export function readLogId(logId: string): SpanIds | undefined {
  const [, otelTraceId, spanId, flow] = LOG_ID.exec(logId) ?? [];
  if (otelTraceId === undefined) return undefined;
  return { otelTraceId, spanId, isMade: spanId === undefined || flow !== undefined };
}
