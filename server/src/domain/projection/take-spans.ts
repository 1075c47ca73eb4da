import { maskSpan } from "../../otlp/mask-span.ts";
import type { ReceivedSpan } from "../../otlp/received-span.ts";
import type { SpanRecord } from "../../store/records.ts";
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
