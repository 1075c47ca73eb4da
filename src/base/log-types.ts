import type { JsonText } from "./json-text.ts";

/** The three kinds of log that flowspan records; also the three wrappers' names. */
export type LogType = "flow" | "prompt" | "tool";

/** How the recorded work ended. */
export type Outcome = "ok" | "error" | "aborted" | "cancelled" | "unobserved";

/** The Log API's query parameters that target an existing version of a File. */
export interface VersionQuery {
  /** Wire name `version_id`. */
  readonly versionId?: string;
  /** Wire name `environment` in the query (not the label in the body). */
  readonly deployedEnvironment?: string;
}

/**
 * One log as it is to stand in the Log API, ready for either wire.
 *
 * `fields` holds wire names (`inputs`, `output_message`, `start_time` ...) with their JSON text.
 * Ids, parents and the trace's status are not in `fields`: each wire writes them in its own way.
 */
export interface LogDraft {
  readonly type: LogType;
  /** `log_` + OTel trace id + span id, lower-case hex. */
  readonly id: string;
  /** The topmost Flow's log id; a root's own id; `undefined` for a log that is alone. */
  readonly rootId: string | undefined;
  /** The nearest logged ancestor's log id; `undefined` for a root and for a log that is alone. */
  readonly parentId: string | undefined;
  readonly fields: Readonly<Record<string, JsonText>>;
  readonly query: VersionQuery;
  /** False while the span is still open: its log may be created early and updated later. */
  readonly ended: boolean;
  /** False: payload fields were taken out, and stay out of updates. */
  readonly save: boolean;
}

/**
 * One change to the Log API.
 *
 * - `create`: the log does not exist yet.
 * - `update`: it exists; `changed` names the fields to send.
 * - `complete`: the Flow's own work and all of its children are in; `log` is the whole Flow.
 */
export type Operation =
  | { readonly op: "create"; readonly log: LogDraft }
  | { readonly op: "update"; readonly log: LogDraft; readonly changed: readonly string[] }
  | { readonly op: "complete"; readonly log: LogDraft };

/** Takes operations for sending. What collects spans hands over here and knows no more. */
export interface OperationSink {
  /**
   * Accepts one trace's next operations, in order: a root Flow before its children, parents
   * before children, a Flow's completion after all of them. Never throws and never waits.
   */
  submit(operations: readonly Operation[]): void;
}
