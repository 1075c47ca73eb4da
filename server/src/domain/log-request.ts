import type { LogType, TraceStatus } from "../store/records.ts";
import type { Kernel } from "./kernel.ts";
import type { LogFields } from "./log-fields.ts";
import { parseTime } from "./time.ts";

/** A log as a request gives it: checked by the schemas, aliases settled, nulls still told. */
export interface LogRequest {
  readonly type: LogType;
  /** The body as it came; `pickFields` takes what is stored. */
  readonly fields: LogFields;
  readonly logId?: string;
  readonly file: FileReference;
  readonly target: VersionTarget;
  /** The log to nest under, by whichever of its three names. */
  readonly parentId?: string;
  /** The trace to be in, where the request names it. */
  readonly traceId?: string;
  /** The parent may come after this log; it takes its place when it does. */
  readonly parentMayFollow?: boolean;
  readonly status?: TraceStatus;
  readonly save?: boolean;
  readonly createdMicros?: number;
  /** `null` clears, in a patch. */
  readonly startMicros?: number | null;
  readonly endMicros?: number | null;
}

/** Which file: by id, by path, or (wrong in a new log) by neither. */
export interface FileReference {
  readonly id?: string;
  readonly path?: string;
}

/** Which version of the file: named, deployed, by its details, or the default one. */
export interface VersionTarget {
  readonly versionId?: string;
  readonly environment?: string;
  readonly kernel?: Kernel;
}

/** The query parameters of a log request. */
export interface TargetQuery {
  readonly version_id?: string;
  readonly environment?: string;
}

/**
 * Settles a checked body: the names a field has had over the years become one, a field that is
 * null counts as left out, but for times in a patch.
 */
export function toLogRequest(type: LogType, fields: LogFields, query: TargetQuery): LogRequest {
  const text = (name: string) => (fields[name] ?? undefined) as string | undefined;
  return {
    type,
    fields,
    logId: text("log_id"),
    file: toFileReference(fields),
    target: {
      versionId: query.version_id,
      environment: query.environment,
      kernel: (fields[type] ?? undefined) as Kernel | undefined,
    },
    parentId: text("trace_parent_id") ?? text("trace_parent_log_id"),
    traceId: text("trace_id"),
    status: statusOf(fields),
    save: (fields.save ?? undefined) as boolean | undefined,
    createdMicros: toMicros(fields.created_at) ?? undefined,
    startMicros: toMicros(fields.start_time),
    endMicros: toMicros(fields.end_time),
  };
}

/** The file a checked body names. A path is the same with and without slashes at its ends. */
export function toFileReference({ id, path }: LogFields): FileReference {
  const text = (value: unknown) => (value ?? undefined) as string | undefined;
  return { id: text(id), path: text(path)?.replace(/^\/+|\/+$/g, "") };
}

function statusOf(fields: LogFields): TraceStatus | undefined {
  const status = fields.log_status ?? fields.trace_status ?? fields.status ?? undefined;
  return status as TraceStatus | undefined;
}

function toMicros(value: unknown): number | null | undefined {
  return typeof value === "string" ? parseTime(value) : (value as null | undefined);
}
