import type { Expression, ExpressionBuilder, Kysely, SqlBool } from "kysely";
import { sql } from "kysely";
import type { LogHeader, LogRecord } from "../records.ts";
import type { LogQuery, Page } from "../store.ts";
import { rowToLog } from "./rows.ts";
import type { LogRow, Tables } from "./tables.ts";

/** A page of a file's logs, newest first, and how many match in all. */
export async function selectLogs(
  query: Kysely<Tables>,
  projectId: string,
  filter: LogQuery,
): Promise<Page<LogRecord>> {
  const matching = query
    .selectFrom("logs")
    .where((is) => is.and(conditions(is, projectId, filter)));
  const counted = await matching
    .select((is) => is.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const total = Math.min(counted.total, filter.sample ?? counted.total);

  const sampled =
    filter.sample === undefined
      ? matching
      : matching.where("id", "in", matching.select("id").orderBy(sql`random()`).limit(total));
  const rows = await sampled
    .selectAll()
    .orderBy("created_micros", "desc")
    .orderBy(sql`sequence`, "desc")
    .limit(filter.size)
    .offset((filter.page - 1) * filter.size)
    .execute();
  return { records: rows.map(rowToLog), total };
}

/**
 * The given columns, by default all, of a log and of every log below it, by start time, then in
 * the order they came; those that are made of spans alone by their ends and ids instead.
 */
export async function selectTree<Row>(
  query: Kysely<Tables>,
  projectId: string,
  { id, traceId }: Pick<LogHeader, "id" | "traceId">,
  columns?: readonly (keyof LogRow)[],
): Promise<readonly Row[]> {
  const selected = columns?.map((column) => sql.ref(`logs.${column}`)) ?? [sql`logs.*`];
  const { rows } = await sql<Row>`
    WITH RECURSIVE tree (id) AS (
      SELECT ${id}
      UNION
      SELECT waiting.id FROM logs AS waiting
      WHERE ${id} = ${traceId} AND waiting.trace_id = ${traceId}
        AND waiting.project_id = ${projectId} AND waiting.waits_for IS NOT NULL
      UNION
      -- CROSS keeps the order: SQLite would look through the whole trace for every log.
      SELECT logs.id FROM tree CROSS JOIN logs
      WHERE logs.trace_id = ${traceId} AND logs.project_id = ${projectId}
        AND logs.parent_id = tree.id
    )
    SELECT ${sql.join(selected)}
    FROM tree JOIN logs ON logs.project_id = ${projectId} AND logs.id = tree.id
    -- Those that are made of spans alone go by their ends and ids: spans come in any order.
    ORDER BY start_micros IS NULL, start_micros, iif(origin = 'spans', end_micros, 0),
      iif(origin = 'spans', logs.id, ''), sequence
  `.execute(query);
  return rows;
}

function conditions(
  is: ExpressionBuilder<Tables, "logs">,
  projectId: string,
  filter: LogQuery,
): Expression<SqlBool>[] {
  const all: Expression<SqlBool>[] = [
    is("project_id", "=", projectId),
    is("file_id", "=", filter.fileId),
  ];
  if (filter.versionId !== undefined) all.push(is("version_id", "=", filter.versionId));
  if (filter.fromMicros !== undefined) all.push(is("created_micros", ">=", filter.fromMicros));
  if (filter.toMicros !== undefined) all.push(is("created_micros", "<=", filter.toMicros));
  if (filter.idParts?.length) {
    // One list instead of one condition each: conditions may nest only so deep.
    const patterns = JSON.stringify(filter.idParts.map(toPattern));
    all.push(sql`EXISTS (
      SELECT 1 FROM json_each(${patterns}) AS part WHERE logs.id LIKE part.value ESCAPE '\\'
    )`);
  }
  if (filter.search !== undefined) {
    const inOutput = contains(field("$.output"), filter.search);
    all.push(is.or([inOutput, ...containsJson(field("$.inputs"), filter.search)]));
  }
  if (filter.metadataSearch !== undefined) {
    all.push(is.or(containsJson(field("$.metadata"), filter.metadataSearch)));
  }
  const [wanted, ...others] = new Set(filter.inTrace);
  if (wanted !== undefined && others.length === 0) {
    const inTrace = is.or([is("parent_id", "is not", null), is("type", "=", "flow")]);
    all.push(wanted ? inTrace : is.not(inTrace));
  }
  return all;
}

/** One field of the stored JSON: a string as it is, anything else as JSON text. */
function field(path: string): Expression<unknown> {
  return sql`json_extract(fields, ${path})`;
}

/**
 * Whether the text contains the part, letters of ASCII in either case. LIKE would compare one
 * character at a time, which of a long part in a text of its own letters takes minutes.
 */
function contains(text: Expression<unknown>, part: string): Expression<SqlBool> {
  return sql<SqlBool>`instr(lower(${text}), lower(${part})) > 0`;
}

/** Whether JSON text contains the part, as it stands or as a string in it is written. */
function containsJson(json: Expression<unknown>, part: string): Expression<SqlBool>[] {
  const texts = new Set([part, JSON.stringify(part).slice(1, -1)]);
  return [...texts].map((text) => contains(json, text));
}

function toPattern(part: string): string {
  return `%${part.replace(/[\\%_]/g, "\\$&")}%`;
}
