import type { LogOutline, SpanRecord } from "../records.ts";
import type { StoreReader, StoreTransaction } from "../store.ts";
import type { Connection } from "./connection.ts";
import { OUTLINE_COLUMNS, type OutlineRow, rowToOutline } from "./rows.ts";
import type { SpanEventRow, SpanRow } from "./tables.ts";

/** Reading what belongs to spans. */
export type SpanReader = Pick<
  StoreReader,
  | "hasSpans"
  | "findSpan"
  | "countSpans"
  | "listStaleTraces"
  | "listSpans"
  | "listSpanEvents"
  | "listLogsOfSpans"
  | "listOtherLogs"
>;

/** Writing spans. */
export type SpanWriter = Pick<
  StoreTransaction,
  "lockTrace" | "putSpan" | "putSpanEvent" | "addStaleSpans" | "endStale" | "deleteSpans"
>;

// Asked for every trace that is written, so they are prepared once.
const HAS_SPANS = "SELECT 1 FROM spans WHERE trace_id = ? AND project_id = ? LIMIT 1";
const COUNT_SPANS = "SELECT count(*) AS spans FROM spans WHERE trace_id = ? AND project_id = ?";
const LIST_STALE = "SELECT trace_id FROM stale_traces WHERE project_id = ?";
const ADD_STALE = `INSERT INTO stale_traces (trace_id, project_id, spans) VALUES (?, ?, ?)
  ON CONFLICT (trace_id, project_id) DO UPDATE SET spans = stale_traces.spans + excluded.spans
  RETURNING spans`;
const END_STALE = "DELETE FROM stale_traces WHERE trace_id = ? AND project_id = ?";
const LIST_SPANS =
  "SELECT trace_id, span_id, ended, span FROM spans WHERE trace_id = ? AND project_id = ?";
const FIND_SPAN = `${LIST_SPANS} AND span_id = ?`;
const OUTLINES = `SELECT ${OUTLINE_COLUMNS.join(", ")} FROM logs`;
const LIST_LOGS = `${OUTLINES} WHERE project_id = ? AND id >= ? AND id < ? ORDER BY sequence`;
const LIST_OTHERS = `${OUTLINES} WHERE trace_id IN (SELECT value FROM json_each(?))
  AND project_id = ? AND NOT (id >= ? AND id < ?) ORDER BY sequence`;
const PUT_SPAN = `INSERT INTO spans (trace_id, project_id, span_id, ended, span)
  VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (trace_id, project_id, span_id)
  DO UPDATE SET ended = excluded.ended, span = excluded.span
  WHERE excluded.ended >= spans.ended AND excluded.span <> spans.span`;
const LIST_EVENTS = `SELECT trace_id, span_id, place, event FROM span_events
  WHERE trace_id = ? AND project_id = ? ORDER BY span_id, place, event`;
const PUT_EVENT = `INSERT INTO span_events (trace_id, project_id, span_id, place, event)
  SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (
    SELECT 1 FROM span_events WHERE trace_id = ?1 AND project_id = ?2 AND span_id = ?3
      AND place = ?4 AND event = ?5
  )`;
const DELETE_EVENTS =
  "DELETE FROM span_events WHERE trace_id = ? AND project_id = ? AND span_id = ?";
const DELETE_SPAN = "DELETE FROM spans WHERE trace_id = ? AND project_id = ? AND span_id = ?";

/** Reads spans, and the logs that are named after them, over the given connection. */
export function createSpanReader({ prepare }: Connection, projectId: string): SpanReader {
  return {
    hasSpans: async (traceId) => prepare(HAS_SPANS).all([traceId, projectId]).length > 0,
    countSpans: async (traceId) => {
      const [row] = prepare(COUNT_SPANS).all([traceId, projectId]) as { spans: number }[];
      return row?.spans ?? 0;
    },
    listStaleTraces: async () => {
      const rows = prepare(LIST_STALE).all([projectId]) as Pick<SpanRow, "trace_id">[];
      return rows.map(({ trace_id }) => trace_id);
    },
    findSpan: async (traceId, spanId) => {
      const [row] = prepare(FIND_SPAN).all([traceId, projectId, spanId]) as SpanRow[];
      return row && rowToSpan(row);
    },
    listSpans: async (traceId) =>
      (prepare(LIST_SPANS).all([traceId, projectId]) as SpanRow[]).map(rowToSpan),
    listSpanEvents: async (traceId) => {
      const rows = prepare(LIST_EVENTS).all([traceId, projectId]) as SpanEventRow[];
      return rows.map(({ trace_id, span_id, place, event }) => ({
        traceId: trace_id,
        spanId: span_id,
        place,
        eventJson: event,
      }));
    },
    listLogsOfSpans: async (traceId) =>
      toOutlines(prepare(LIST_LOGS).all([projectId, ...idRange(traceId)])),
    listOtherLogs: async (traceIds, traceId) => {
      const ids = JSON.stringify(traceIds);
      return toOutlines(prepare(LIST_OTHERS).all([ids, projectId, ...idRange(traceId)]));
    },
  };
}

/** Writes spans inside the transaction that the connection has open. */
export function createSpanWriter({ prepare, run }: Connection, projectId: string): SpanWriter {
  return {
    // There is one writer, and it has the database to itself until it commits.
    lockTrace: async () => undefined,
    putSpan: async ({ traceId, spanId, ended, spanJson }) => {
      const put = prepare(PUT_SPAN).run([traceId, projectId, spanId, Number(ended), spanJson]);
      return put.changes > 0;
    },
    putSpanEvent: async ({ traceId, spanId, place, eventJson }) => {
      const put = prepare(PUT_EVENT).run([traceId, projectId, spanId, place, eventJson]);
      return put.changes > 0;
    },
    addStaleSpans: async (traceId, spans) => {
      const [row] = prepare(ADD_STALE).all([traceId, projectId, spans]) as { spans: number }[];
      return row?.spans ?? spans;
    },
    endStale: async (traceId) => run(END_STALE, [traceId, projectId]),
    deleteSpans: async (traceId, spanIds) => {
      for (const spanId of spanIds) {
        run(DELETE_SPAN, [traceId, projectId, spanId]);
        run(DELETE_EVENTS, [traceId, projectId, spanId]);
      }
    },
  };
}

/** Every id that begins with the trace's; `g` comes after what hex and `_flow` are written in. */
function idRange(traceId: string): readonly [from: string, below: string] {
  return [`log_${traceId}`, `log_${traceId}g`];
}

function toOutlines(rows: unknown[]): readonly LogOutline[] {
  return (rows as OutlineRow[]).map(rowToOutline);
}

function rowToSpan({ trace_id, span_id, ended, span }: SpanRow): SpanRecord {
  return { traceId: trace_id, spanId: span_id, ended: ended === 1, spanJson: span };
}
