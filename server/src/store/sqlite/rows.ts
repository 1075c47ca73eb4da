import type { Selectable } from "kysely";
import type {
  EnvironmentRecord,
  FileRecord,
  LogHeader,
  LogOutline,
  LogRecord,
  VersionRecord,
} from "../records.ts";
import type { LogRow, Tables } from "./tables.ts";

/** The columns of a log's header, in one place for kysely and for prepared statements. */
export const HEADER_COLUMNS = [
  "id",
  "trace_id",
  "parent_id",
  "type",
  "file_id",
  "version_id",
  "status",
  "start_micros",
  "end_micros",
  "save",
  "origin",
] as const;

/** Those and the other columns that are small. */
export const OUTLINE_COLUMNS = [
  ...HEADER_COLUMNS,
  "created_micros",
  "late",
  "has_error",
  "user",
  "prompt_tokens",
  "output_tokens",
  "cost",
  "waits_for",
  "projection_hash",
] as const;

/** A log's header as its row holds it. */
export type HeaderRow = Pick<LogRow, (typeof HEADER_COLUMNS)[number]>;

/** A log without its fields as its row holds it. */
export type OutlineRow = Pick<LogRow, (typeof OUTLINE_COLUMNS)[number]>;

/** A row as a log's header. */
export function rowToHeader(row: HeaderRow): LogHeader {
  return {
    id: row.id,
    traceId: row.trace_id,
    parentId: row.parent_id ?? undefined,
    type: row.type,
    fileId: row.file_id,
    versionId: row.version_id,
    status: row.status ?? undefined,
    startMicros: row.start_micros ?? undefined,
    endMicros: row.end_micros ?? undefined,
    save: row.save === 1,
    origin: row.origin ?? undefined,
  };
}

/** A row as a log without its fields. */
export function rowToOutline(row: OutlineRow): LogOutline {
  return {
    ...rowToHeader(row),
    createdMicros: row.created_micros,
    late: row.late === 1,
    hasError: row.has_error === 1,
    user: row.user ?? undefined,
    promptTokens: row.prompt_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    cost: row.cost ?? undefined,
    waitsFor: row.waits_for ?? undefined,
    projectionHash: row.projection_hash ?? undefined,
  };
}

/** A row as a log. */
export function rowToLog(row: LogRow): LogRecord {
  return {
    ...rowToOutline(row),
    fieldsJson: row.fields,
    spanFields: row.span_fields === null ? undefined : JSON.parse(row.span_fields),
  };
}

/** A log as its row. */
export function logToRow(projectId: string, log: LogRecord): LogRow {
  return {
    trace_id: log.traceId,
    project_id: projectId,
    id: log.id,
    parent_id: log.parentId ?? null,
    type: log.type,
    file_id: log.fileId,
    version_id: log.versionId,
    status: log.status ?? null,
    start_micros: log.startMicros ?? null,
    end_micros: log.endMicros ?? null,
    created_micros: log.createdMicros,
    save: Number(log.save),
    late: Number(log.late),
    has_error: Number(log.hasError),
    user: log.user ?? null,
    prompt_tokens: log.promptTokens ?? null,
    output_tokens: log.outputTokens ?? null,
    cost: log.cost ?? null,
    fields: log.fieldsJson,
    waits_for: log.waitsFor ?? null,
    origin: log.origin ?? null,
    projection_hash: log.projectionHash ?? null,
    span_fields: log.spanFields === undefined ? null : JSON.stringify(log.spanFields),
  };
}

/** A row as a file. */
export function rowToFile(row: Selectable<Tables["files"]>): FileRecord {
  return {
    id: row.id,
    type: row.type,
    path: row.path,
    createdMicros: row.created_micros,
    updatedMicros: row.updated_micros,
    detailsJson: row.details,
  };
}

/** A row as a version. */
export function rowToVersion(row: Selectable<Tables["versions"]>): VersionRecord {
  return {
    id: row.id,
    fileId: row.file_id,
    hash: row.hash,
    kernelJson: row.kernel,
    name: row.name ?? undefined,
    description: row.description ?? undefined,
    createdMicros: row.created_micros,
    lastUsedMicros: row.last_used_micros,
    logsCount: row.logs_count,
  };
}

/** A row as an environment. */
export function rowToEnvironment(row: Selectable<Tables["environments"]>): EnvironmentRecord {
  return { id: row.id, name: row.name, tag: row.tag, createdMicros: row.created_micros };
}
