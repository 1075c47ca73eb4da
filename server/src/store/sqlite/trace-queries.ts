import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { TraceRecord } from "../records.ts";
import type { TracePage, TraceQuery } from "../store.ts";
import type { LogRow, Tables } from "./tables.ts";

type TopColumns = Pick<
  LogRow,
  "id" | "parent_id" | "type" | "status" | "start_micros" | "end_micros" | "created_micros" | "user"
>;

interface TraceRow extends TopColumns {
  readonly sequence: number;
  readonly path: string;
  readonly logs_count: number;
  readonly has_error: number;
  readonly prompt_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost: number | null;
}

/**
 * Topmost logs, newest first, each with the totals of its whole trace; those whose trace has no
 * root yet with the totals of what is below them. Usage is counted where it is deepest: a log that
 * repeats the sum of those below it adds nothing.
 */
export async function selectTraces(
  query: Kysely<Tables>,
  projectId: string,
  { limit, before }: TraceQuery,
): Promise<TracePage> {
  const older =
    before === undefined ? sql`TRUE` : sql`(created_micros, sequence) < (${cursorParts(before)})`;
  const { rows } = await sql<TraceRow>`
    WITH RECURSIVE top AS (
      SELECT sequence, project_id, trace_id, id, parent_id, type, file_id, status, start_micros, end_micros,
        created_micros, user FROM logs
      WHERE project_id = ${projectId} AND (parent_id IS NULL OR waits_for = 'root') AND ${older}
      ORDER BY created_micros DESC, sequence DESC LIMIT ${limit + 1}
    ),
    below (top_id, trace_id, id) AS (
      SELECT id, trace_id, id FROM top WHERE parent_id IS NOT NULL
      UNION
      SELECT below.top_id, below.trace_id, logs.id FROM below CROSS JOIN logs
      WHERE logs.trace_id = below.trace_id AND logs.project_id = ${projectId}
        AND logs.parent_id = below.id
    ),
    listed (top_id, id, parent_id, has_error, prompt_tokens, output_tokens, cost) AS (
      SELECT top.id, logs.id, logs.parent_id, logs.has_error, logs.prompt_tokens,
        logs.output_tokens, logs.cost FROM top
      JOIN logs ON logs.trace_id = top.id AND logs.project_id = top.project_id
      WHERE top.parent_id IS NULL
      UNION ALL
      SELECT below.top_id, logs.id, logs.parent_id, logs.has_error, logs.prompt_tokens,
        logs.output_tokens, logs.cost FROM below
      CROSS JOIN logs ON logs.project_id = ${projectId} AND logs.id = below.id
    ),
    above_usage (id) AS (
      SELECT parent_id FROM listed
      WHERE parent_id IS NOT NULL AND coalesce(prompt_tokens, output_tokens, cost) IS NOT NULL
      UNION
      SELECT logs.parent_id FROM above_usage CROSS JOIN logs
      WHERE logs.project_id = ${projectId} AND logs.id = above_usage.id
        AND logs.parent_id IS NOT NULL
    ),
    counted AS (
      SELECT *, id NOT IN (SELECT id FROM above_usage) AS is_deepest FROM listed
    ),
    totals AS (
      -- As REAL, which only loses digits where a sum of INTEGER would fail.
      SELECT top_id, count(*) AS logs_count, max(has_error) AS has_error,
        sum(CAST(prompt_tokens AS REAL)) FILTER (WHERE is_deepest) AS prompt_tokens,
        sum(CAST(output_tokens AS REAL)) FILTER (WHERE is_deepest) AS output_tokens,
        sum(cost) FILTER (WHERE is_deepest) AS cost
      FROM counted GROUP BY top_id
    )
    SELECT top.*, files.path, totals.logs_count, totals.has_error, totals.prompt_tokens,
      totals.output_tokens, totals.cost
    FROM top
    JOIN files ON files.id = top.file_id
    JOIN totals ON totals.top_id = top.id
    ORDER BY top.created_micros DESC, top.sequence DESC
  `.execute(query);

  const traces = rows.slice(0, limit);
  const last = traces.at(-1);
  const next = rows.length > limit && last ? toCursor(last) : undefined;
  return { traces: traces.map(rowToTrace), next };
}

function rowToTrace(row: TraceRow): TraceRecord {
  return {
    id: row.id,
    path: row.path,
    type: row.type,
    status: row.status ?? undefined,
    startMicros: row.start_micros ?? undefined,
    endMicros: row.end_micros ?? undefined,
    createdMicros: row.created_micros,
    user: row.user ?? undefined,
    logsCount: row.logs_count,
    hasRoot: row.parent_id === null,
    hasError: row.has_error === 1,
    promptTokens: row.prompt_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    cost: row.cost ?? undefined,
  };
}

/** A cursor is the last row's place in the order, so rows added since don't shift a page. */
function toCursor(row: TraceRow): string {
  return `${row.created_micros}.${row.sequence}`;
}

/** A cursor that isn't one of ours stands before everything. */
function cursorParts(cursor: string): ReturnType<typeof sql> {
  const [created = 0, sequence = 0] = cursor.split(".").map((part) => Number(part) || 0);
  return sql`${created}, ${sequence}`;
}
