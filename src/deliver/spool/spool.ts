import { setImmediate } from "node:timers/promises";
import { adoptFiles } from "./adopt-files.ts";
import type { SpoolFile } from "./spool-file.ts";
import { SpoolFiles, type SpoolOptions } from "./spool-files.ts";
import { readTraces, SENT } from "./spool-reader.ts";

/** A file with nothing left in it is removed once it is longer than this. */
const MAX_IDLE_BYTES = 256 * 1024;
/** How long a trace that was sent may go unmarked: it would go out again after a crash. */
const MARK_MILLIS = 500;

/** What is known of one trace. */
interface SpooledTrace {
  /** Where its lines are. */
  readonly files: Set<SpoolFile>;
  /** How many in this process still have something of it to do. */
  holders: number;
  /** On disk only: nobody in memory has it. */
  isLeft: boolean;
  /** Not every span of it stands there. */
  isPartial: boolean;
  /** How many lines were written here. */
  written: number;
}

/** What one trace left on disk. */
export interface LeftTrace {
  readonly traceId: string;
  /** JSON texts, in the order they were written. */
  readonly lines: readonly string[];
}

/**
 * What was recorded and is not sent yet, on disk, so that it outlives the process.
 *
 * - A line that was appended is with the system when `append` returns.
 * - A trace that nobody holds any more is settled: its lines are marked as sent, and files of
 *   settled traces removed.
 * - What owners that are gone left behind is adopted.
 *
 * Nothing here throws; what goes wrong with the disk is said once.
 */
export class Spool {
  /** Called when a trace is on disk alone: `takeLeft` would give it. */
  onLeft: (() => void) | undefined;
  readonly #options: SpoolOptions;
  readonly #files: SpoolFiles;
  readonly #traces = new Map<string, SpooledTrace>();
  /** Settled traces that are not marked yet. */
  readonly #unmarked = new Set<string>();
  /** Files of others that were looked at and are not for this one. */
  readonly #refused = new Set<string>();
  #markTimer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#files = new SpoolFiles(options);
  }

  /** How many traces are on disk alone. */
  get leftTraces(): number {
    let count = 0;
    for (const { isLeft } of this.#traces.values()) if (isLeft) count += 1;
    return count;
  }

  /** Writes one line of a trace. */
  append(traceId: string, text: string): void {
    this.#append(traceId, this.#traceOf(traceId), text);
  }

  /** Somebody has something of the trace to do. */
  hold(traceId: string): void {
    this.#traceOf(traceId).holders += 1;
  }

  /** One who held it is done. */
  release(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (trace === undefined) return;
    trace.holders -= 1;
    if (trace.holders > 0) return;
    if (trace.isLeft) this.onLeft?.();
    else this.#settle(traceId, trace);
  }

  /** Leaves a trace to the disk, where all of it is; false where it is not. */
  leave(traceId: string): boolean {
    const trace = this.#traces.get(traceId);
    if (trace === undefined || trace.isPartial || trace.files.size === 0) return false;
    for (const file of trace.files) if (file.isLost) return false;
    trace.isLeft = true;
    return true;
  }

  /** Leaves a part of a trace as these lines; they stand for all of it that is not left already. */
  leaveAs(traceId: string, texts: readonly string[]): boolean {
    const trace = this.#traceOf(traceId);
    if (!trace.isLeft && trace.files.size > 0) this.#append(traceId, trace, SENT);
    // The next part is not in these lines.
    trace.isPartial = true;
    if (!texts.every((text) => this.#append(traceId, trace, text))) return false;
    trace.isLeft = true;
    return true;
  }

  /** A trace that `takeLeft` gave is left again, as it is there. */
  putBack(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (trace !== undefined) trace.isLeft = true;
  }

  /** Takes over what others left behind, and those that are gone since the last time. */
  async adopt(): Promise<void> {
    const { folder, isShared, adoptsAll, destination, notes } = this.#options;
    const wanted = adoptsAll ? undefined : destination;
    const found = adoptFiles(folder, isShared, this.#files.owner, wanted, this.#refused, notes);
    for await (const { path, bytes, index } of found) {
      const file = this.#files.claim(path, bytes);
      if (file === undefined) continue;
      for (const traceId of index.sent) this.#forgetLeft(traceId);
      for (const traceId of index.unsent) {
        const trace = this.#traceOf(traceId);
        trace.isLeft = true;
        this.#put(traceId, trace, file);
      }
      this.#files.removeIfDone(file);
    }
  }

  /** Reads what was left, the oldest first. Each trace is held until the next one is asked for. */
  async *takeLeft(): AsyncGenerator<LeftTrace> {
    for (let ids = this.#oldestLeft(); ids.size > 0; ids = this.#oldestLeft()) {
      const lines = await this.#read(ids);
      for (const [traceId, { written }] of ids) {
        if (this.#isClosed) return;
        const trace = this.#traces.get(traceId);
        // Where somebody has gone on with it since it was read, it is for a later round.
        if (trace?.written !== written || !isFree(trace)) continue;
        trace.isLeft = false;
        this.hold(traceId);
        try {
          yield { traceId, lines: lines.get(traceId) ?? [] };
        } finally {
          this.release(traceId);
        }
        // The program comes first.
        await setImmediate();
      }
    }
  }

  /** Marks what was sent, and gives up the files that are still needed. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#mark();
    this.#isClosed = true;
    this.#files.close();
  }

  #traceOf(traceId: string): SpooledTrace {
    let trace = this.#traces.get(traceId);
    if (trace === undefined) {
      // What is about to be said of it as sent must not stand behind what comes now.
      if (this.#unmarked.has(traceId)) this.#mark();
      const isPartial = !this.#options.takesSpans;
      trace = { files: new Set(), holders: 0, isLeft: false, isPartial, written: 0 };
      this.#traces.set(traceId, trace);
    }
    return trace;
  }

  #append(traceId: string, trace: SpooledTrace, text: string): boolean {
    const file = this.#files.append([traceId], text);
    if (file === undefined) trace.isPartial = true;
    else this.#put(traceId, trace, file);
    trace.written += 1;
    return file !== undefined;
  }

  #put(traceId: string, trace: SpooledTrace, file: SpoolFile): void {
    trace.files.add(file);
    file.traces.add(traceId);
  }

  /** The traces that are left in the oldest file that has any, as they are now. */
  #oldestLeft(): ReadonlyMap<string, SpooledTrace> {
    const left = new Map<string, SpooledTrace>();
    for (const file of this.#files) {
      for (const traceId of file.traces) {
        const trace = this.#traces.get(traceId);
        if (trace !== undefined && isFree(trace)) left.set(traceId, { ...trace });
      }
      if (left.size > 0) break;
    }
    return left;
  }

  async #read(
    traces: ReadonlyMap<string, SpooledTrace>,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const files = new Set<SpoolFile>();
    for (const trace of traces.values()) for (const file of trace.files) files.add(file);
    return readTraces(
      [...files].toSorted((a, b) => a.number - b.number),
      new Set(traces.keys()),
    );
  }

  #settle(traceId: string, trace: SpooledTrace): void {
    this.#traces.delete(traceId);
    if (trace.files.size === 0 || this.#isClosed) return;
    for (const file of trace.files) {
      file.traces.delete(traceId);
      this.#files.removeIfDone(file);
    }
    this.#unmarked.add(traceId);
    this.#markTimer ??= setTimeout(() => this.#mark(), MARK_MILLIS).unref();
  }

  /** Its owner was done with it: a later file of it says so. */
  #forgetLeft(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (trace !== undefined && isFree(trace)) this.#settle(traceId, trace);
  }

  #mark(): void {
    clearTimeout(this.#markTimer);
    this.#markTimer = undefined;
    const marks = [...this.#unmarked];
    this.#unmarked.clear();
    if (marks.length > 0 && !this.#files.emptyIfDone(MAX_IDLE_BYTES)) {
      this.#files.mark(marks, SENT);
    }
  }
}

/** It is on disk, and nobody in memory has anything of it to do. */
function isFree({ isLeft, holders }: SpooledTrace): boolean {
  return isLeft && holders <= 0;
}
