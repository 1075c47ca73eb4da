import { DEFAULT_LIMITS } from "../../../../src/assemble/options.ts";
import { readSpan } from "../../../../src/dialects/index.ts";
import { type ReceivedSpan, toSpanView } from "../../otlp/received-span.ts";
import type { LogRecord } from "../../store/records.ts";
import type { StoreReader } from "../../store/store.ts";
import { readLogId } from "./span-ids.ts";

/** How far up it is looked for the log that a span went into. */
const MAX_LEVELS = 100;

/**
 * Finds a log by its id. The call of a model that went into the log above it, as it was made inside
 * `prompt()` or two libraries told of it, has no log of its own: it is found as that one. Hex digits
 * of a span's log may be in upper case, as some programs write ids.
 */
export async function findLog(reader: StoreReader, logId: string): Promise<LogRecord | undefined> {
  const log = await reader.findLog(logId);
  if (log !== undefined) return log;
  const lowerId = logId.toLowerCase();
  const ids = readLogId(lowerId);
  if (ids === undefined) return undefined;
  const lower = lowerId === logId ? undefined : await reader.findLog(lowerId);
  if (lower !== undefined || ids.spanId === undefined || ids.isMade) return lower;

  let span = await findSpan(reader, ids.otelTraceId, ids.spanId);
  if (span === undefined || readSpan(toSpanView(span), DEFAULT_LIMITS)?.type === undefined) {
    return undefined;
  }
  for (let level = 0; span?.parentSpanId !== undefined && level < MAX_LEVELS; level += 1) {
    const { traceId, parentSpanId } = span;
    const above = await reader.findLog(`log_${traceId}${parentSpanId}`);
    if (above !== undefined) return above;
    span = await findSpan(reader, traceId, parentSpanId);
  }
  return undefined;
}

async function findSpan(
  reader: StoreReader,
  otelTraceId: string,
  spanId: string,
): Promise<ReceivedSpan | undefined> {
  const record = await reader.findSpan(otelTraceId, spanId);
  return record && (JSON.parse(record.spanJson) as ReceivedSpan);
}
