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
  /** A line of it could not be written. */
  isPartial: boolean;
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
  #unmarked: string[] = [];
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
    const trace = this.#traceOf(traceId);
    const file = this.#files.append([traceId], text);
    if (file === undefined) trace.isPartial = true;
    else this.#put(traceId, trace, file);
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
    trace.isLeft = true;
    return true;
  }

  /** Takes over what others left behind. */
  async adopt(): Promise<void> {
    const { folder, isShared, adoptsAll, destination, notes } = this.#options;
    const wanted = adoptsAll ? undefined : destination;
    const found = adoptFiles(folder, isShared, this.#files.owner, wanted, notes);
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
      const files = [...this.#files].filter((file) => [...ids].some((id) => file.traces.has(id)));
      const lines = await readTraces(
        files.map(({ path }) => path),
        ids,
      );
      for (const traceId of ids) {
        const trace = this.#traces.get(traceId);
        if (trace === undefined || this.#isClosed) return;
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
      trace = { files: new Set(), holders: 0, isLeft: false, isPartial: false };
      this.#traces.set(traceId, trace);
    }
    return trace;
  }

  #put(traceId: string, trace: SpooledTrace, file: SpoolFile): void {
    trace.files.add(file);
    file.traces.add(traceId);
  }

  /** The traces that are left in the oldest file that has any. */
  #oldestLeft(): ReadonlySet<string> {
    for (const file of this.#files) {
      const left = [...file.traces].filter((id) => this.#isFree(id));
      if (left.length > 0) return new Set(left);
    }
    return new Set();
  }

  #isFree(traceId: string): boolean {
    const trace = this.#traces.get(traceId);
    return trace?.isLeft === true && trace.holders <= 0;
  }

  #settle(traceId: string, trace: SpooledTrace): void {
    this.#traces.delete(traceId);
    if (trace.files.size === 0 || this.#isClosed) return;
    for (const file of trace.files) {
      file.traces.delete(traceId);
      this.#files.removeIfDone(file);
    }
    this.#unmarked.push(traceId);
    this.#markTimer ??= setTimeout(() => this.#mark(), MARK_MILLIS).unref();
  }

  /** Its owner was done with it: a later file of it says so. */
  #forgetLeft(traceId: string): void {
    const trace = this.#traces.get(traceId);
    if (trace !== undefined && this.#isFree(traceId)) this.#settle(traceId, trace);
  }

  #mark(): void {
    clearTimeout(this.#markTimer);
    this.#markTimer = undefined;
    const marks = this.#unmarked.splice(0);
    if (marks.length > 0 && !this.#files.emptyIfDone(MAX_IDLE_BYTES)) {
      this.#files.append(marks, SENT);
    }
  }
}
