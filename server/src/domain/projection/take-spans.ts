import { maskSpan } from "../../otlp/mask-span.ts";
import type { ReceivedLogEvent } from "../../otlp/read-logs.ts";
import type { ReceivedSpan } from "../../otlp/received-span.ts";
import type { SpanEventRecord, SpanRecord } from "../../store/records.ts";
import type { WriteSession } from "../write-session.ts";

/** A span as it is stored, with the secrets in it masked. */
export function toSpanRecord(span: ReceivedSpan): SpanRecord {
  const { traceId, spanId, end } = span;
  return { traceId, spanId, ended: end !== undefined, spanJson: JSON.stringify(maskSpan(span)) };
}

/**
 * Stores spans. What their logs are is found out when the session ends, once for each trace. A span
 * that comes again as it was changes nothing.
 */
export async function takeSpans(
  { transaction, newSpans }: WriteSession,
  spans: readonly SpanRecord[],
): Promise<void> {
  for (const span of spans) {
    if (!(await transaction.putSpan(span))) continue;
    newSpans.set(span.traceId, (newSpans.get(span.traceId) ?? 0) + 1);
  }
}

/** How many digits nanoseconds since 1970 have at most. */
const TIME_DIGITS = 20;

/** More records than a request has. */
const INDEX_DIGITS = 8;

/** An event as it is stored; `index` is where it stood in its request. */
export function toEventRecord(
  { traceId, spanId, timeNanos, event }: ReceivedLogEvent,
  index: number,
): SpanEventRecord {
  const time = String(timeNanos).padStart(TIME_DIGITS, "0");
  const place = `${time}-${String(index).padStart(INDEX_DIGITS, "0")}`;
  return { traceId, spanId, place, eventJson: JSON.stringify(event) };
}

/** Stores events of spans, which may come before their spans or after them. */
export async function takeEvents(
  { transaction, newSpans }: WriteSession,
  events: readonly SpanEventRecord[],
): Promise<void> {
  for (const event of events) {
    if (!(await transaction.putSpanEvent(event))) continue;
    newSpans.set(event.traceId, (newSpans.get(event.traceId) ?? 0) + 1);
  }
}
