import type { LogDraft, Operation } from "../base/log-types.ts";
import type { LossNotes } from "./loss-notes.ts";
import { operationBytes } from "./operation-bytes.ts";
import type { DeliveryStats } from "./tally.ts";
import { Tally } from "./tally.ts";
import type { Entry, LogState, TraceLine } from "./trace-line.ts";
import { advanceHead, openEntries } from "./trace-line.ts";
import { TraceMemory } from "./trace-memory.ts";

/**
 * Everything that waits or is being sent, trace by trace, and the only place where an operation
 * is counted, moved and let go.
 */
export class Backlog {
  readonly tally: Tally = new Tally();
  readonly notes: LossNotes;
  /** Traces with something left to send, the longest waiting first. */
  readonly waiting: Set<TraceLine> = new Set();
  /** Traces of which payloads may still be cut, the longest waiting first. */
  readonly uncut: Set<TraceLine> = new Set();
  /** Memory of everything that is not done. */
  bytes = 0;
  /** Of that, what is in no open request. */
  unsentBytes = 0;
  unsentEntries = 0;
  /** Something came back since this was last set to false: it has lingered enough. */
  hasReturned = false;
  /** When the server last took something. */
  lastTakenAt = 0;
  readonly #memory = new TraceMemory();
  #sequence = 0;
  readonly #onDone: (entry: Entry) => void;

  constructor(notes: LossNotes, onDone: (entry: Entry) => void) {
    this.notes = notes;
    this.#onDone = onDone;
  }

  /** The highest sequence number given so far. */
  get lastSequence(): number {
    return this.#sequence;
  }

  /** Takes one operation in; with `droppedFor` only to count it. */
  add(operation: Operation, droppedFor?: string): void {
    const { log } = operation;
    const line = this.#memory.wake(log.rootId ?? log.id);
    const state = this.#stateOf(line, log, operation.op);
    const reason = line.droppedFor ?? droppedFor;
    if (reason !== undefined || state.status === "out") {
      const isNew = state.status === "waiting" && operation.op === "create";
      if (isNew && reason !== undefined) this.#giveUp(state, reason);
      else this.truncated(state);
      this.#restIfDone(line);
      return;
    }
    const entry: Entry = {
      line,
      state,
      sequence: ++this.#sequence,
      operation,
      isUnderElsewhere: log.parentId !== undefined && !line.logs.has(log.parentId),
      bytes: operationBytes(operation),
      sending: false,
      done: false,
      unsure: false,
      failures: 0,
      firstFailedAt: 0,
    };
    line.entries.push(entry);
    this.waiting.add(line);
    this.uncut.add(line);
    this.bytes += entry.bytes;
    this.#unsent(entry, 1);
  }

  markSending(entry: Entry): void {
    entry.sending = true;
    entry.line.sending += 1;
    entry.line.started = true;
    this.#unsent(entry, -1);
  }

  /** Back to waiting, to be sent again. */
  again(entry: Entry): void {
    if (!entry.sending || entry.done) return;
    entry.sending = false;
    entry.line.sending -= 1;
    this.hasReturned = true;
    this.#unsent(entry, 1);
    if (entry.state.status === "out") this.#finish(entry);
  }

  /** The server has it. */
  taken(entry: Entry, nowMillis: number, serverId?: string, fileId?: string): void {
    this.lastTakenAt = nowMillis;
    if (entry.operation.op === "create") entry.state.status = "in";
    if (serverId !== undefined && serverId !== entry.state.id) entry.state.serverId = serverId;
    if (fileId !== undefined) entry.state.fileId = fileId;
    this.#finish(entry);
  }

  /** The server won't have it. A lost create loses the log and what was to be said of it. */
  lose(entry: Entry, reason: string): void {
    const { line, state, operation } = entry;
    if (operation.op === "create") this.#giveUp(state, reason);
    else this.truncated(state);
    this.#finish(entry);
    if (operation.op !== "create") return;
    for (const other of [...openEntries(line)]) {
      if (other.state === state && !other.sending) this.#finish(other);
    }
  }

  /** Gives up a whole trace, with everything that is still to come for it. */
  dropLine(line: TraceLine, reason: string): void {
    line.droppedFor = reason;
    for (const entry of [...openEntries(line)]) {
      if (entry.state.status === "waiting") this.#giveUp(entry.state, reason);
      else if (entry.state.status === "in") this.truncated(entry.state);
      this.#finish(entry);
    }
  }

  /** Puts another operation in an entry's place. */
  replace(entry: Entry, operation: Operation): void {
    const bytes = operationBytes(operation);
    const less = entry.bytes - bytes;
    this.bytes -= less;
    if (!entry.sending && !entry.done) this.unsentBytes -= less;
    entry.bytes = bytes;
    entry.operation = operation;
  }

  truncated(state: LogState): void {
    if (state.truncated || state.status === "out") return;
    state.truncated = true;
    this.tally.truncated += 1;
  }

  /** Lets others go first. */
  toBack(line: TraceLine): void {
    if (this.waiting.delete(line)) this.waiting.add(line);
  }

  /** How many operations are not done. */
  countOpen(): number {
    let count = 0;
    for (const line of this.waiting) for (const _ of openEntries(line)) count += 1;
    return count;
  }

  stats(): DeliveryStats {
    const pending = new Set<LogState>();
    for (const line of this.waiting) {
      for (const entry of openEntries(line)) pending.add(entry.state);
    }
    return this.tally.stats(pending.size);
  }

  #stateOf(line: TraceLine, log: LogDraft, op: Operation["op"]): LogState {
    const known = line.logs.get(log.id);
    if (known) return known;
    const isNew = op === "create";
    if (isNew) this.tally.recorded += 1;
    const state: LogState = {
      id: log.id,
      type: log.type,
      parentId: log.parentId,
      // An update of a log that is no longer remembered: it went in long ago.
      status: isNew ? "waiting" : "in",
      serverId: undefined,
      fileId: undefined,
      truncated: false,
    };
    line.logs.set(log.id, state);
    return state;
  }

  #giveUp(state: LogState, reason: string): void {
    if (state.truncated) this.tally.truncated -= 1;
    state.truncated = false;
    state.status = "out";
    this.tally.drop(reason);
  }

  #finish(entry: Entry): void {
    if (entry.done) return;
    const { line } = entry;
    if (entry.sending) line.sending -= 1;
    else this.#unsent(entry, -1);
    entry.sending = false;
    entry.done = true;
    this.bytes -= entry.bytes;
    advanceHead(line);
    this.#restIfDone(line);
    this.#onDone(entry);
  }

  #restIfDone(line: TraceLine): void {
    if (line.entries.length > 0) return;
    this.waiting.delete(line);
    this.uncut.delete(line);
    this.#memory.rest(line);
  }

  #unsent(entry: Entry, sign: 1 | -1): void {
    this.unsentBytes += sign * entry.bytes;
    this.unsentEntries += sign;
  }
}
