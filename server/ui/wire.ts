/**
 * The server's answers, as the viewer reads them. The Log API sends `null` for "nothing", so every
 * optional field may be `null`, be absent, or have a value. Payload fields are `unknown`: they are
 * the traced program's own data, and each place that draws one narrows it first.
 */
export type Nullable<T> = T | null | undefined;

/** The three types of a log. */
export type LogType = "flow" | "prompt" | "tool";

/** Whether more logs may still join a trace. */
export type TraceStatus = "complete" | "incomplete";

/** One row of `GET /api/traces`. Times are ISO 8601, costs are dollars. */
export interface TraceSummary {
  readonly id: string;
  readonly path: string;
  readonly type: LogType;
  readonly trace_status?: Nullable<TraceStatus>;
  readonly start_time?: Nullable<string>;
  readonly end_time?: Nullable<string>;
  readonly error: boolean;
  readonly log_count: number;
  /** True where the logs above this one are not here: its trace is shown from here on. */
  readonly without_root?: Nullable<boolean>;
  readonly prompt_tokens?: Nullable<number>;
  readonly output_tokens?: Nullable<number>;
  readonly cost?: Nullable<number>;
  readonly created_at?: Nullable<string>;
  readonly user?: Nullable<string>;
}

/** The answer of `GET /api/traces`, newest trace first. */
export interface TracesPage {
  readonly traces: readonly TraceSummary[];
  /** Given as `before`, asks for the page after this one; absent on the last page. */
  readonly next?: Nullable<string>;
}

/** The version a log belongs to: the file's names, and its kernel's fields beside them. */
export interface FileVersion {
  readonly path?: Nullable<string>;
  readonly version_id?: Nullable<string>;
  readonly version_name?: Nullable<string>;
  readonly [kernelField: string]: unknown;
}

/** A log with its descendants: the answer of `GET /v5/logs/{id}`. Latency is in seconds. */
export interface LogResponse {
  readonly id: string;
  readonly flow?: Nullable<FileVersion>;
  readonly prompt?: Nullable<FileVersion>;
  readonly tool?: Nullable<FileVersion>;
  readonly trace_id?: Nullable<string>;
  readonly trace_parent_id?: Nullable<string>;
  /** The file of the trace's root; absent where the root is not here. */
  readonly trace_flow_id?: Nullable<string>;
  readonly trace_children?: Nullable<readonly LogResponse[]>;
  readonly trace_status?: Nullable<TraceStatus>;
  readonly log_status?: Nullable<TraceStatus>;
  readonly start_time?: Nullable<string>;
  readonly end_time?: Nullable<string>;
  readonly created_at?: Nullable<string>;
  readonly provider_latency?: Nullable<number>;
  readonly prompt_tokens?: Nullable<number>;
  readonly output_tokens?: Nullable<number>;
  readonly prompt_cost?: Nullable<number>;
  readonly output_cost?: Nullable<number>;
  readonly finish_reason?: Nullable<string>;
  readonly error?: Nullable<string>;
  readonly output?: Nullable<string>;
  readonly output_message?: unknown;
  readonly messages?: unknown;
  readonly inputs?: unknown;
  readonly tool_choice?: unknown;
  readonly metadata?: unknown;
  readonly provider_request?: unknown;
  readonly provider_response?: unknown;
  readonly stdout?: Nullable<string>;
  readonly source?: Nullable<string>;
  readonly user?: Nullable<string>;
  readonly session_id?: Nullable<string>;
  /** True where it came after its trace was complete. */
  readonly late?: Nullable<boolean>;
  readonly environment?: Nullable<string>;
  readonly save?: Nullable<boolean>;
}

/** `GET /api/session`. */
export interface SessionState {
  readonly key_needed: boolean;
  readonly signed_in: boolean;
}
