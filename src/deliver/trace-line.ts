import type { LogType, Operation } from "../base/log-types.ts";

/** What is known here of one log. */
export interface LogState {
  readonly id: string;
  readonly type: LogType;
  readonly parentId: string | undefined;
  /** `waiting`: its create is not answered yet. `in`: the server has it. `out`: it never will. */
  status: "waiting" | "in" | "out";
  /** What the server calls it, where that is not `id`. */
  serverId: string | undefined;
  /** The server took it and did not tell its id: children go above it, changes can't be sent. */
  isNameless: boolean;
  /** Changes and completions of it that are not done. */
  openChanges: number;
  /** Its place in the trace was not taken: it goes in by itself, and what is below it, too. */
  isAlone: boolean;
  /** Counted as repeated. */
  isRepeated: boolean;
  /** The server's id of its File. */
  fileId: string | undefined;
  /** Counted as truncated: some of it did not or will not get through. */
  truncated: boolean;
}

/** One operation on its way. */
export interface Entry {
  readonly line: TraceLine;
  readonly state: LogState;
  /** Counts up over the whole delivery. */
  readonly sequence: number;
  operation: Operation;
  /** Its parent was not known here when it came: as a rule it is another process's. */
  readonly isUnderElsewhere: boolean;
  /** Memory it is taken to hold. */
  bytes: number;
  /** Part of it that pressure may cut; `undefined` until there is pressure. */
  payloadBytes: number | undefined;
  sending: boolean;
  done: boolean;
  /** Sent before without a clear answer, so the server may have it. */
  unsure: boolean;
  /** Since when its parent, another process's, is waited for. */
  unplacedSince: number | undefined;
  /** Tries that failed, for whatever reason. */
  failures: number;
  /** Of these, the first and each before which other operations got through. */
  strikes: number;
  /** How many operations had got through at the last failure. */
  takenAtFailure: number;
}

/** One trace's operations, in their order, and what is known of its logs. */
export interface TraceLine {
  /** The root Flow's log id; its own id for a log that is alone. */
  readonly key: string;
  readonly logs: Map<string, LogState>;
  entries: Entry[];
  /** Everything before this index in `entries` is done. */
  head: number;
  /** Entries in open requests. */
  sending: number;
  /** Something of it has been sent. */
  started: boolean;
  /** Why the whole trace was given up; later operations of it go the same way. */
  droppedFor: string | undefined;
  /** Not sent before this time. */
  notBefore: number;
}

export function createTraceLine(key: string): TraceLine {
  return {
    key,
    logs: new Map(),
    entries: [],
    head: 0,
    sending: 0,
    started: false,
    droppedFor: undefined,
    notBefore: 0,
  };
}

/** The OTel trace that a line is of: every log's id begins with it. */
export function traceIdOf({ key }: TraceLine): string {
  return key.slice("log_".length, "log_".length + 32);
}

/** The entries that are not done yet, in order. */
export function* openEntries(line: TraceLine): Generator<Entry> {
  for (let index = line.head; index < line.entries.length; index += 1) {
    const entry = line.entries[index]!;
    if (!entry.done) yield entry;
  }
}

/** Moves the head over what is done, and lets go of it from time to time. */
export function advanceHead(line: TraceLine): void {
  while (line.head < line.entries.length && line.entries[line.head]!.done) line.head += 1;
  if (line.head === line.entries.length) {
    line.entries = [];
    line.head = 0;
  } else if (line.head > 1_000 && line.head * 2 > line.entries.length) {
    line.entries.splice(0, line.head);
    line.head = 0;
  }
}

/** A log's nearest ancestor-or-self that can be named; `undefined` where none is left. */
export function nearestIn(line: TraceLine, id: string | undefined): string | undefined {
  let current = id;
  while (current !== undefined) {
    const state = line.logs.get(current);
    if (state === undefined || (state.status !== "out" && !state.isNameless)) return current;
    current = state.parentId;
  }
  return undefined;
}

/** The id to name a log by in a request. */
export function wireId(line: TraceLine, id: string): string {
  return line.logs.get(id)?.serverId ?? id;
}
