import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { TraceRecord } from "../records.ts";
import type { TracePage, TraceQuery } from "../store.ts";
import type { LogRow, Tables } from "./tables.ts";

type TopColumns = Pick<
  LogRow,
  "id" | "type" | "status" | "start_micros" | "end_micros" | "created_micros" | "user"
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

/** Topmost logs, newest first, each with the totals of its whole trace. */
export async function selectTraces(
  query: Kysely<Tables>,
  projectId: string,
  { limit, before }: TraceQuery,
): Promise<TracePage> {
  const older =
    before === undefined ? sql`TRUE` : sql`(created_micros, sequence) < (${cursorParts(before)})`;
  const { rows } = await sql<TraceRow>`
    WITH top AS (
      SELECT * FROM logs
      WHERE project_id = ${projectId} AND parent_id IS NULL AND ${older}
      ORDER BY created_micros DESC, sequence DESC LIMIT ${limit + 1}
    )
    SELECT top.id, top.type, top.status, top.start_micros, top.end_micros, top.created_micros,
      top.user, top.sequence, files.path, count(*) AS logs_count,
      max(each.has_error) AS has_error, sum(each.prompt_tokens) AS prompt_tokens,
      sum(each.output_tokens) AS output_tokens, sum(each.cost) AS cost
    FROM top
    JOIN files ON files.id = top.file_id
    JOIN logs AS each ON each.trace_id = top.id AND each.project_id = top.project_id
    GROUP BY top.sequence
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
