import type { KeyStore } from "./key-store.ts";
import type {
  DeploymentRecord,
  EnvironmentRecord,
  FileRecord,
  LogHeader,
  LogOutline,
  LogRecord,
  LogType,
  SpanEventRecord,
  SpanRecord,
  TraceRecord,
  VersionRecord,
} from "./records.ts";

/** The project that everything belongs to where no key says otherwise. */
export const DEFAULT_PROJECT_ID = "prj_default";

/** The environment every project has, to which the first version of a file is deployed. */
export const DEFAULT_ENVIRONMENT_NAME = "production";

/**
 * Where logs, files and versions live. The rules of the Log API are above it; it only
 * keeps rows.
 *
 * Guarantees, the same for every engine:
 * - `write` is all or nothing, and what it wrote is durable once its promise resolves.
 * - Writers see one another's finished work and nothing unfinished.
 * - `read` never sees half a `write`.
 * - Nothing of one project is visible from another.
 */
export interface Store {
  /** Who may read and write which project. */
  readonly keys: KeyStore;
  /** Reads the given project, outside any transaction. */
  read(projectId: string): StoreReader;
  /** A text that is another one whenever anything stored has changed, and after each opening. */
  revision(): Promise<string>;
  /**
   * Runs `body` in one transaction and commits it, or undoes it where `body` throws.
   * `body` must await nothing but the transaction it is given.
   */
  write<T>(projectId: string, body: (transaction: StoreTransaction) => Promise<T>): Promise<T>;
  /** Writes and changes nothing by it. Rejects where the store can't be written. */
  checkWritable(): Promise<void>;
  /** Waits for running writes and closes. Safe to call twice. */
  close(): Promise<void>;
}

/** Reading one project. A missing row is `undefined`. */
export interface StoreReader {
  findLogHeader(logId: string): Promise<LogHeader | undefined>;
  findLog(logId: string): Promise<LogRecord | undefined>;
  /**
   * A log with every log below it, by start time, then in the order they came. Below the root of
   * a trace stand also the logs of the trace whose parent is not there.
   */
  listLogTree(top: LogHeader): Promise<readonly LogRecord[]>;
  /** The headers of the same logs, where their fields would only fill memory. */
  listTreeHeaders(top: Pick<LogHeader, "id" | "traceId">): Promise<readonly LogHeader[]>;
  /** Whether the trace has any log; with a parent, any right below it. */
  hasLogsIn(traceId: string, parentId?: string): Promise<boolean>;
  /** A page of a file's logs, newest first, and how many match in all. */
  listLogs(query: LogQuery): Promise<Page<LogRecord>>;
  /** Whether any span of this OpenTelemetry trace is stored. */
  hasSpans(otelTraceId: string): Promise<boolean>;
  findSpan(otelTraceId: string, spanId: string): Promise<SpanRecord | undefined>;
  /** How many spans of an OpenTelemetry trace are stored. */
  countSpans(otelTraceId: string): Promise<number>;
  /** OpenTelemetry traces with spans that their logs don't know of yet. */
  listStaleTraces(): Promise<readonly string[]>;
  /** The spans of an OpenTelemetry trace, in no order. */
  listSpans(otelTraceId: string): Promise<readonly SpanRecord[]>;
  /** The events of an OpenTelemetry trace's spans, each span's in order. */
  listSpanEvents(otelTraceId: string): Promise<readonly SpanEventRecord[]>;
  /** The logs whose id begins with `log_<OpenTelemetry trace id>`, in the order they came. */
  listLogsOfSpans(otelTraceId: string): Promise<readonly LogOutline[]>;
  /** The logs of the traces whose id doesn't begin so: those that a caller chose the ids of. */
  listOtherLogs(traceIds: readonly string[], otelTraceId: string): Promise<readonly LogOutline[]>;
  /** Topmost logs, and those whose trace has no root yet, newest first. */
  listTraces(query: TraceQuery): Promise<TracePage>;
  findFile(fileId: string): Promise<FileRecord | undefined>;
  findFileByPath(path: string): Promise<FileRecord | undefined>;
  listFiles(query: FileQuery): Promise<Page<FileRecord>>;
  findVersion(versionId: string): Promise<VersionRecord | undefined>;
  findVersionByHash(fileId: string, hash: string): Promise<VersionRecord | undefined>;
  /** A file's versions, newest first. */
  listVersions(fileId: string): Promise<readonly VersionRecord[]>;
  /** How many logs a file has, all versions together. */
  countFileLogs(fileId: string): Promise<number>;
  /** The project's environments, the default one first. */
  listEnvironments(): Promise<readonly EnvironmentRecord[]>;
  listDeployments(fileId: string): Promise<readonly DeploymentRecord[]>;
}

/** Reading and writing one project inside one transaction. */
export interface StoreTransaction extends StoreReader {
  /** Runs `body`; where it throws, undoes only what `body` wrote, and throws on. */
  attempt<T>(body: () => Promise<T>): Promise<T>;
  /** Adds a log. Its id must be new in the project. */
  insertLog(log: LogRecord): Promise<void>;
  /** Writes a log again, found by its id and trace. */
  updateLog(log: LogRecord): Promise<void>;
  /** Puts a log elsewhere: its trace, its parent, what it waits for. Its fields stay. */
  placeLog(log: LogOutline): Promise<void>;
  /**
   * Keeps every other transaction from this OpenTelemetry trace's spans and logs until this one
   * ends. An engine with one writer has nothing to do.
   */
  lockTrace(otelTraceId: string): Promise<void>;
  /**
   * Adds a span, or puts it in the place of the one with its id. One that has ended stays where the
   * new one has not. Gives whether anything changed.
   */
  putSpan(span: SpanRecord): Promise<boolean>;
  /** Adds an event of a span; one that is there already, once. Gives whether it was new. */
  putSpanEvent(event: SpanEventRecord): Promise<boolean>;
  /**
   * Counts more spans that a trace's logs don't know of, and gives how many there are of them. The
   * trace is stale from then on.
   */
  addStaleSpans(otelTraceId: string, spans: number): Promise<number>;
  /** The trace's logs know of every span. */
  endStale(otelTraceId: string): Promise<void>;
  /** Removes spans of one trace, with their events. Returns nothing for ids that aren't there. */
  deleteSpans(otelTraceId: string, spanIds: readonly string[]): Promise<void>;
  /** Sets when a log started and ended. */
  setLogTimes(header: LogHeader): Promise<void>;
  /** Puts every log of one trace into another. */
  moveTrace(fromTraceId: string, toTraceId: string): Promise<void>;
  /** The parent is there: the logs right below it wait no longer. */
  endWaiting(traceId: string, parentId: string): Promise<void>;
  /** The root is there: the logs of the trace that waited for it wait for their parents alone. */
  endWaitingForRoot(traceId: string): Promise<void>;
  /** Removes logs by id. Returns nothing for ids that aren't there. */
  deleteLogs(logIds: readonly string[]): Promise<void>;
  insertFile(file: FileRecord): Promise<void>;
  updateFile(file: FileRecord): Promise<void>;
  insertVersion(version: VersionRecord): Promise<void>;
  /** Sets a version's name and description. */
  updateVersion(version: VersionRecord): Promise<void>;
  /** Adds to a version's count of logs and moves its last use forward. */
  countUses(versionId: string, logs: number, lastUsedMicros: number): Promise<void>;
  insertEnvironment(environment: EnvironmentRecord): Promise<void>;
  /** Deploys a version, in the place of what was deployed there. */
  putDeployment(deployment: DeploymentRecord): Promise<void>;
  deleteDeployment(fileId: string, environmentId: string): Promise<void>;
}

/** A numbered page. Pages count from 1; one past the last is empty. */
export interface Page<T> {
  readonly records: readonly T[];
  readonly total: number;
}

/** Which logs of a file; every filter narrows. */
export interface LogQuery {
  readonly fileId: string;
  readonly page: number;
  readonly size: number;
  readonly versionId?: string;
  /** Any of these is part of the id. */
  readonly idParts?: readonly string[];
  /** Part of the inputs or the output. */
  readonly search?: string;
  /** Part of the metadata. */
  readonly metadataSearch?: string;
  /** Created at or after. */
  readonly fromMicros?: number;
  /** Created at or before. */
  readonly toMicros?: number;
  /** In a trace, or alone. Both or neither: no filter. */
  readonly inTrace?: readonly boolean[];
  /** About this many, taken at random. */
  readonly sample?: number;
}

/** Which topmost logs: `limit` of those older than `before`. */
export interface TraceQuery {
  readonly limit: number;
  readonly before?: string;
}

/** A part of the list of traces; `next` is the cursor of the following part. */
export interface TracePage {
  readonly traces: readonly TraceRecord[];
  readonly next?: string;
}

/** Which files, in which order. */
export interface FileQuery {
  readonly types?: readonly LogType[];
  readonly page: number;
  readonly size: number;
  /** Part of the path's last segment. */
  readonly name?: string;
  readonly sortBy: "created_at" | "updated_at" | "name";
  readonly order: "asc" | "desc";
}
