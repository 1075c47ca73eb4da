import type { LogDraft, Operation } from "../base/log-types.ts";
import { LeftTraces } from "./left-traces.ts";
import type { LossNotes } from "./loss-notes.ts";
import { operationBytes } from "./operation-bytes.ts";
import { PayloadIndex } from "./payload-index.ts";
import { writeOperationRecord } from "./spool/operation-record.ts";
import type { DeliveryStats } from "./tally.ts";
import { Tally } from "./tally.ts";
import type { TraceDisk } from "./trace-disk.ts";
import type { Entry, LogState, TraceLine } from "./trace-line.ts";
import { advanceHead, openEntries, traceIdOf } from "./trace-line.ts";
import { TraceMemory } from "./trace-memory.ts";

/** What the server told of a log that it took. */
export interface TakenAnswer {
  readonly serverId?: string | undefined;
  readonly fileId?: string | undefined;
  /** It did not tell an id where it alone knows it. */
  readonly isNameless?: boolean;
}

/** A trace that is on disk is not dropped, and counted apart. */
const LEFT = "spooled";

/**
 * Everything that waits or is being sent, trace by trace, and the only place where an operation
 * is counted, moved and let go.
 */
export class Backlog {
  readonly tally: Tally = new Tally();
  readonly notes: LossNotes;
  /** Traces with something left to send, the longest waiting first. */
  readonly waiting: Set<TraceLine> = new Set();
  /** Memory of everything that is not done. */
  bytes = 0;
  /** Of that, what is in no open request. */
  unsentBytes = 0;
  unsentEntries = 0;
  /** Of all, what came back from the disk: one at a time, so it may be more than there is room. */
  returnedBytes = 0;
  /** Something came back since this was last set to false: it has lingered enough. */
  hasReturned = false;
  /** Operations that the server took so far. */
  takenCount = 0;
  readonly #memory = new TraceMemory();
  #sequence = 0;
  /** Made when memory gets short, so that nothing is spent on it before. */
  #payloads: PayloadIndex | undefined;
  readonly #onDone: (entry: Entry) => void;
  readonly #disk: TraceDisk | undefined;
  readonly #left = new LeftTraces();
  /** Lines that came back from the disk. */
  readonly #returned = new Set<TraceLine>();
  #isReturning = false;

  constructor(notes: LossNotes, onDone: (entry: Entry) => void, disk?: TraceDisk) {
    this.notes = notes;
    this.#onDone = onDone;
    this.#disk = disk;
  }

  /** The highest sequence number given so far. */
  get lastSequence(): number {
    return this.#sequence;
  }

  /** Takes one operation in; with `droppedFor` only to count it. */
  add(operation: Operation, droppedFor?: string): void {
    const { log } = operation;
    const line = this.#memory.wake(log.rootId ?? log.id);
    if (this.#left.has(line)) line.droppedFor ??= LEFT;
    if (this.#isReturning) this.#returned.add(line);
    const state = this.#stateOf(line, log, operation.op);
    const reason = line.droppedFor ?? droppedFor;
    if (reason !== undefined || state.status === "out") {
      const isNew = state.status === "waiting" && operation.op === "create";
      if (isNew && reason !== undefined) this.#giveUp(line, state, reason);
      else if (reason !== LEFT) this.truncated(state);
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
      unplacedSince: undefined,
      failures: 0,
      strikes: 0,
      takenAtFailure: 0,
      payloadBytes: undefined,
    };
    line.entries.push(entry);
    if (operation.op !== "create") state.openChanges += 1;
    if (!this.waiting.has(line)) this.#disk?.hold(traceIdOf(line));
    this.waiting.add(line);
    this.#count(line, entry.bytes);
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
    const { line, state } = entry;
    if (line.droppedFor !== undefined) this.#dropEntry(entry, line.droppedFor);
    else if (state.status === "out") this.#finish(entry);
  }

  /** The server has it. */
  taken(entry: Entry, answer: TakenAnswer = {}): void {
    const { line, state } = entry;
    const { serverId, fileId, isNameless } = answer;
    this.takenCount += 1;
    // What was left comes back with the rest of its trace, and is counted then.
    if (line.droppedFor === LEFT) this.#giveUp(line, state, LEFT);
    else if (entry.operation.op === "create") state.status = "in";
    if (serverId !== undefined && serverId !== state.id) state.serverId = serverId;
    if (fileId !== undefined) state.fileId = fileId;
    if (isNameless) state.isNameless = true;
    this.#finish(entry);
  }

  /** The server won't have it. A lost create loses the log and what was to be said of it. */
  lose(entry: Entry, reason: string): void {
    const { line, state, operation } = entry;
    if (operation.op === "create") this.#giveUp(line, state, reason);
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
    for (const entry of [...openEntries(line)]) this.#dropEntry(entry, reason);
  }

  /** The same, but what is in an open request is left to its answer. */
  dropUnsent(line: TraceLine, reason: string): void {
    line.droppedFor = reason;
    for (const entry of [...openEntries(line)]) if (!entry.sending) this.#dropEntry(entry, reason);
  }

  /**
   * Leaves a whole trace to the disk, with everything that is still to come for it; false where
   * not all of it is there.
   *
   * @param isEnd also what waits here alone is written, and no open request is waited for. Else
   * what is in one is left to its answer.
   */
  leaveLine(line: TraceLine, isEnd: boolean): boolean {
    const traceId = traceIdOf(line);
    const disk = this.#disk;
    const isLeft =
      disk?.leave(traceId) ||
      (isEnd && disk?.leaveAs(traceId, [...openEntries(line)].map(writeOperationRecord)));
    if (!isLeft) return false;
    line.droppedFor = LEFT;
    this.#left.add(line);
    const entries = [...openEntries(line)];
    const sending = new Set<LogState>();
    if (!isEnd) for (const entry of entries) if (entry.sending) sending.add(entry.state);
    for (const state of line.logs.values()) {
      if (!sending.has(state)) this.#giveUp(line, state, LEFT);
    }
    for (const entry of entries) if (isEnd || !entry.sending) this.#finish(entry);
    return true;
  }

  /**
   * A trace comes back from the disk: its operations are handed over, and what was counted as left
   * is counted anew. What is not among them any more is lost.
   */
  readmit(traceId: string, handOver: () => void): void {
    const left = this.#left.take(traceId);
    const { tally } = this;
    tally.recorded -= left;
    tally.spooled -= left;
    const before = tally.recorded;
    this.#isReturning = true;
    try {
      handOver();
    } finally {
      this.#isReturning = false;
      for (let lost = left - (tally.recorded - before); lost > 0; lost -= 1) {
        tally.recorded += 1;
        tally.drop("spool-lost");
      }
    }
  }

  /** Came back from the disk, and is not to be left again before it is sent. */
  isReturned(line: TraceLine): boolean {
    return this.#returned.has(line);
  }

  /** Puts another operation in an entry's place. */
  replace(entry: Entry, operation: Operation): void {
    this.#payloads?.delete(entry);
    const bytes = operationBytes(operation);
    const less = entry.bytes - bytes;
    this.#count(entry.line, -less);
    if (!entry.sending && !entry.done) this.unsentBytes -= less;
    entry.bytes = bytes;
    entry.payloadBytes = undefined;
    entry.operation = operation;
    if (!entry.sending && !entry.done) this.#payloads?.add(entry);
  }

  /** What waits by the size of its payload; kept up to date until the pressure is over. */
  indexPayloads(): PayloadIndex {
    if (this.#payloads) return this.#payloads;
    this.#payloads = new PayloadIndex();
    for (const line of this.waiting) {
      for (const entry of openEntries(line)) if (!entry.sending) this.#payloads.add(entry);
    }
    return this.#payloads;
  }

  truncated(state: LogState): void {
    if (state.truncated || state.status === "out") return;
    state.truncated = true;
    this.tally.truncated += 1;
  }

  /** About to be sent again, where the server may have it and can't tell that it is the same. */
  repeated(state: LogState): void {
    if (state.isRepeated) return;
    state.isRepeated = true;
    this.tally.repeated += 1;
    this.notes.once(
      "repeated",
      "The answer to a Prompt or Tool log was lost, and it is sent again: the Log API may have it twice. stats().repeated counts such logs.",
    );
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
      isNameless: false,
      isAlone: false,
      isRepeated: false,
      openChanges: 0,
      fileId: undefined,
      truncated: false,
    };
    line.logs.set(log.id, state);
    return state;
  }

  #giveUp(line: TraceLine, state: LogState, reason: string): void {
    if (state.status === "out") return;
    if (state.truncated) this.tally.truncated -= 1;
    state.truncated = false;
    state.status = "out";
    if (reason !== LEFT) {
      this.tally.drop(reason);
      return;
    }
    this.tally.spooled += 1;
    this.#left.countLog(line);
  }

  #dropEntry(entry: Entry, reason: string): void {
    const { line, operation, state } = entry;
    // The create of a log may be in an open request: then this was a change of it.
    if (operation.op === "create" && state.status === "waiting") this.#giveUp(line, state, reason);
    else this.truncated(state);
    this.#finish(entry);
  }

  #finish(entry: Entry): void {
    if (entry.done) return;
    const { line } = entry;
    if (entry.sending) line.sending -= 1;
    else this.#unsent(entry, -1);
    entry.sending = false;
    entry.done = true;
    this.#count(line, -entry.bytes);
    if (entry.operation.op !== "create") entry.state.openChanges -= 1;
    advanceHead(line);
    // Where something before it is not done it stays in the line, but not its texts.
    if (line.entries.length > 0) entry.operation = withoutFields(entry.operation);
    this.#restIfDone(line);
    this.#onDone(entry);
  }

  #restIfDone(line: TraceLine): void {
    if (line.entries.length > 0) return;
    this.#returned.delete(line);
    // That it was left is known without it.
    if (line.droppedFor === LEFT) this.#memory.forget(line);
    else this.#memory.rest(line);
    const hadWaited = this.waiting.delete(line);
    if (this.waiting.size === 0) this.#payloads = undefined;
    if (hadWaited) this.#disk?.release(traceIdOf(line));
  }

  #count(line: TraceLine, bytes: number): void {
    this.bytes += bytes;
    if (this.#returned.has(line)) this.returnedBytes += bytes;
  }

  #unsent(entry: Entry, sign: 1 | -1): void {
    this.unsentBytes += sign * entry.bytes;
    this.unsentEntries += sign;
    if (sign === 1) this.#payloads?.add(entry);
    else this.#payloads?.delete(entry);
  }
}

function withoutFields(operation: Operation): Operation {
  return { ...operation, log: { ...operation.log, fields: {} } };
}
