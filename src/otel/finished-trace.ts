import type { LogDraft, LogType, Outcome } from "../base/log-types.ts";

/** One log of a trace that `keep` is asked about. */
export interface FinishedLog {
  /** The log's id in the Log API. */
  readonly id: string;
  readonly type: LogType;
  /** `undefined` where the File was named by its id. */
  readonly path: string | undefined;
  /** From start to end, to the millisecond; 0 while it is open. */
  readonly durationMillis: number;
  /** `undefined` while it is open. */
  readonly outcome: Outcome | undefined;
  /** The error's text, as it is recorded; `undefined` without one. */
  readonly error: string | undefined;
}

/** A trace that has ended, as far as this process knows it. */
export interface FinishedTrace {
  /** The root Flow's log id; of a log that is in no trace, its own. */
  readonly id: string;
  /** From the first log's start to the last one's end, to the millisecond. */
  readonly durationMillis: number;
  /** The root's; of a part of another process's trace, the part's topmost log's. */
  readonly outcome: Outcome | undefined;
  /** Any log has an error. */
  readonly hasError: boolean;
  /** Parents before their children, the root first. */
  readonly logs: readonly FinishedLog[];
}

/** The summary of one trace's logs, of which there is at least one. */
export function summariseTrace(id: string, drafts: readonly LogDraft[]): FinishedTrace {
  const logs = drafts.map(summariseLog);
  const starts = drafts.map((draft) => millisOf(draft, "start_time")).filter(Number.isFinite);
  const ends = drafts.map((draft) => millisOf(draft, "end_time")).filter(Number.isFinite);
  const startMillis = starts.reduce((first, millis) => Math.min(first, millis), Infinity);
  const endMillis = ends.reduce((last, millis) => Math.max(last, millis), 0);
  return {
    id,
    durationMillis: Math.max(0, endMillis - startMillis),
    outcome: logs[0]?.outcome,
    hasError: logs.some(({ error }) => error !== undefined),
    logs,
  };
}

function summariseLog(draft: LogDraft): FinishedLog {
  const { id, type, ended, fields } = draft;
  const error = textOf(fields.error);
  const millis = millisOf(draft, "end_time") - millisOf(draft, "start_time");
  return {
    id,
    type,
    path: textOf(fields.path),
    durationMillis: Math.max(0, millis || 0),
    outcome: ended ? outcomeOf(draft, error) : undefined,
    error,
  };
}

/** Recorded only where it is not `ok`; of foreign spans only an error is known. */
function outcomeOf({ fields }: LogDraft, error: string | undefined): Outcome {
  const metadata = parse(fields.metadata) as { flowspan?: { outcome?: Outcome } } | undefined;
  return metadata?.flowspan?.outcome ?? (error === undefined ? "ok" : "error");
}

/** `NaN` for a time that is not known. */
function millisOf({ fields }: LogDraft, name: "start_time" | "end_time"): number {
  return Date.parse(textOf(fields[name]) ?? "");
}

function textOf(json: string | undefined): string | undefined {
  const value = parse(json);
  return typeof value === "string" ? value : undefined;
}

function parse(json: string | undefined): unknown {
  return json === undefined ? undefined : JSON.parse(json);
}
