/** What kind of file a log belongs to. */
export type LogType = "flow" | "prompt" | "tool";

/** Whether a Flow log still takes children. */
export type TraceStatus = "complete" | "incomplete";

/** What the rules need to know of a log; small enough to look up for every parent. */
export interface LogHeader {
  readonly id: string;
  /** The id of the topmost log: the root Flow's, or the log's own where it is alone. */
  readonly traceId: string;
  readonly parentId?: string;
  readonly type: LogType;
  readonly fileId: string;
  readonly versionId: string;
  /** Only Flow logs have one. */
  readonly status?: TraceStatus;
  readonly startMicros?: number;
  readonly endMicros?: number;
  /** False where payloads are never kept. */
  readonly save: boolean;
  /**
   * `spans`: it is made of OTLP spans alone, and follows them. `both`: it was also logged by the API,
   * which counts for more. Missing: spans know nothing of it.
   */
  readonly origin?: "spans" | "both";
}

/** The few facts that lists and totals are made of, kept beside the fields. */
export interface LogSummary {
  readonly hasError: boolean;
  readonly user?: string;
  readonly promptTokens?: number;
  readonly outputTokens?: number;
  /** US dollars, prompt and output together. */
  readonly cost?: number;
}

/**
 * What a log waits for that was sent before its parent: its parent alone, or the root of its trace
 * as well.
 */
export type Awaited = "parent" | "root";

/** One stored log. */
export interface LogRecord extends LogHeader, LogSummary {
  readonly createdMicros: number;
  /** True where the log came after its trace was complete. */
  readonly late: boolean;
  /** Missing where its parent is there, or it has none. */
  readonly waitsFor?: Awaited;
  /** The document fields as the text of one JSON object, in the Log API's names. */
  readonly fieldsJson: string;
  /** What its spans said when its fields were made of them, as a hash. */
  readonly projectionHash?: string;
  /** With origin `both`: the fields that only the spans have, by name. */
  readonly spanFields?: readonly string[];
}

/** A log without its fields, which would only fill memory. */
export type LogOutline = Omit<LogRecord, "fieldsJson" | "spanFields">;

/** One span that came by OTLP. */
export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** False while it is open. */
  readonly ended: boolean;
  /** The span as the text of one JSON object. */
  readonly spanJson: string;
}

/** A file: everything logged under one path. */
export interface FileRecord {
  readonly id: string;
  readonly type: LogType;
  readonly path: string;
  readonly createdMicros: number;
  readonly updatedMicros: number;
  /** `description`, `tags` and `readme` as the text of one JSON object. */
  readonly detailsJson: string;
}

/** One version of a file; its kernel never changes. */
export interface VersionRecord {
  readonly id: string;
  readonly fileId: string;
  /** sha256 of the canonical kernel, in hex; unique in its file. */
  readonly hash: string;
  /** The kernel as the text of one JSON object, as it came. */
  readonly kernelJson: string;
  readonly name?: string;
  readonly description?: string;
  readonly createdMicros: number;
  readonly lastUsedMicros: number;
  readonly logsCount: number;
}

/** A named place that versions are deployed to. */
export interface EnvironmentRecord {
  readonly id: string;
  readonly name: string;
  readonly tag: "default" | "other";
  readonly createdMicros: number;
}

/** One version deployed in one environment. */
export interface DeploymentRecord {
  readonly fileId: string;
  readonly environmentId: string;
  readonly versionId: string;
}

/**
 * One row of the list of traces: a root Flow with the totals of its trace, a log that is alone, or,
 * where the root is not there, each topmost log that is, with the totals of what is below it.
 */
export interface TraceRecord extends LogSummary {
  readonly id: string;
  readonly path: string;
  readonly type: LogType;
  readonly status?: TraceStatus;
  readonly startMicros?: number;
  readonly endMicros?: number;
  readonly createdMicros: number;
  readonly logsCount: number;
  /** False where the logs above it have yet to come. */
  readonly hasRoot: boolean;
}

/** One log record that came by OTLP and is an event of a span, which may have yet to come. */
export interface SpanEventRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** What sorts a span's events: by time, then as they stood in their request. */
  readonly place: string;
  /** The event as the text of one JSON object. */
  readonly eventJson: string;
}
