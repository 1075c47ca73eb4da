import type { ReceivedSpan } from "../../otlp/received-span.ts";
import type { WriteSession } from "../write-session.ts";
import { readLogId } from "./span-ids.ts";

/**
 * Removes the spans that logs were made of, with all spans below them: what is folded into a log
 * would become one of its own otherwise.
 */
export async function deleteSpansOf(
  { transaction }: WriteSession,
  logIds: Iterable<string>,
): Promise<void> {
  const byTrace = new Map<string, Set<string>>();
  for (const logId of logIds) {
    const ids = readLogId(logId);
    if (ids?.spanId === undefined || ids.isMade) continue;
    const spanIds = byTrace.get(ids.otelTraceId) ?? new Set();
    byTrace.set(ids.otelTraceId, spanIds.add(ids.spanId));
  }
  for (const [otelTraceId, spanIds] of byTrace) {
    if (!(await transaction.hasSpans(otelTraceId))) continue;
    await transaction.lockTrace(otelTraceId);
    const children = new Map<string, string[]>();
    for (const { spanId, spanJson } of await transaction.listSpans(otelTraceId)) {
      const { parentSpanId } = JSON.parse(spanJson) as ReceivedSpan;
      if (parentSpanId === undefined) continue;
      const siblings = children.get(parentSpanId);
      if (siblings === undefined) children.set(parentSpanId, [spanId]);
      else siblings.push(spanId);
    }
    // A set is gone through in the order of its growth, so this also finds what it adds.
    for (const spanId of spanIds) {
      for (const child of children.get(spanId) ?? []) spanIds.add(child);
    }
    await transaction.deleteSpans(otelTraceId, [...spanIds]);
  }
}
