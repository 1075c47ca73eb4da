import { join } from "node:path";
import type { LossNotes } from "../loss-notes.ts";
import { SpoolFile } from "./spool-file.ts";
import { claimFile, prepareFolder, removeFile } from "./spool-folder.ts";
import { LineWriter, NO_TRACE } from "./spool-lines.ts";
import { createOwner, type SpoolOwner, writeName } from "./spool-owner.ts";
import { writeHeader } from "./spool-reader.ts";

const MAX_FILE_BYTES = 4 * 1024 * 1024;
/** How often the files are touched, so that others see that their owner runs. */
const TOUCH_MILLIS = 30_000;
/** After a failed write nothing is written for this long. */
const PAUSE_MILLIS = 10_000;

export interface SpoolOptions {
  readonly folder: string;
  /** True for a folder in a place where everybody may make files. */
  readonly isShared: boolean;
  /** True: every span is written, so that what stands of a trace may be all of it. */
  readonly takesSpans: boolean;
  /** What the files may take together. */
  readonly maxBytes: number;
  /** Tells files for one server and project from those for another; only like ones are adopted. */
  readonly destination: string;
  /** Adopts what is for any destination. Default false. */
  readonly adoptsAll?: boolean;
  readonly notes: LossNotes;
}

/**
 * The files of one owner: the one that takes more, and those that are full or were claimed. What
 * goes wrong with the disk is said once; nothing here throws.
 */
export class SpoolFiles {
  readonly owner: SpoolOwner = createOwner();
  readonly #options: SpoolOptions;
  readonly #writer = new LineWriter();
  readonly #headerWriter = new LineWriter();
  /** In the order of their numbers. */
  readonly #files = new Set<SpoolFile>();
  #current: SpoolFile | undefined;
  #lastNumber = 0;
  #bytes = 0;
  #touchTimer: NodeJS.Timeout | undefined;
  #pausedUntil = 0;
  #isClosed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  [Symbol.iterator](): Iterator<SpoolFile> {
    return this.#files.values();
  }

  /** Writes one line for each text, in one go; `undefined` where that could not be done. */
  append(traceIds: readonly string[], text: string): SpoolFile | undefined {
    for (const traceId of traceIds) this.#writer.add(traceId, text);
    const bytes = this.#writer.take();
    if (this.#isClosed || performance.now() < this.#pausedUntil) return undefined;
    const { maxBytes, notes } = this.#options;
    if (this.#bytes + bytes.length > maxBytes) {
      notes.once(
        "spool-full",
        `The spool is full: its files have ${maxBytes} bytes (maxSpoolBytes). What is recorded now is in memory only.`,
      );
      return undefined;
    }
    return this.#guard(() => {
      const file = this.#fileForMore();
      file.append(bytes);
      this.#bytes += bytes.length;
      return file;
    });
  }

  /** Takes a file that its owner left behind; `undefined` where somebody else has. */
  claim(path: string, bytes: number): SpoolFile | undefined {
    return this.#guard(() => {
      if (this.#isClosed) return undefined;
      // What is said of its traces from now on has to stand in a later file.
      if (this.#current !== undefined) this.#retire(this.#current);
      const number = ++this.#lastNumber;
      const claimed = claimFile(path, this.#options.folder, this.owner, number);
      if (claimed === undefined) return undefined;
      const file = new SpoolFile(claimed, number, bytes);
      this.#add(file);
      return file;
    });
  }

  /** Removes a file that takes no more and holds nothing that is needed. */
  removeIfDone(file: SpoolFile): void {
    if (file.isOpen || file.traces.size > 0 || !this.#files.delete(file)) return;
    this.#bytes -= file.bytes;
    removeFile(file.path);
  }

  /** Writes that traces were sent. */
  mark(traceIds: readonly string[], text: string): void {
    const file = this.append(traceIds, text);
    if (file !== undefined) file.hasMarks = true;
  }

  /** Starts anew where nothing that was written is needed any more; false where something is. */
  emptyIfDone(minBytes: number): boolean {
    const file = this.#current;
    if (file === undefined) return this.#files.size === 0;
    if (this.#files.size > 1 || file.traces.size > 0) return false;
    if (file.bytes >= minBytes) this.#retire(file);
    return file.bytes >= minBytes;
  }

  /** Removes what is not needed and gives up the rest, for the next who looks. */
  close(): void {
    clearInterval(this.#touchTimer);
    this.#isClosed = true;
    let isNeeded = false;
    for (const file of this.#files) {
      file.close();
      isNeeded ||= file.traces.size > 0;
      if (file.traces.size > 0 || (isNeeded && file.hasMarks)) this.#giveUp(file);
      else removeFile(file.path);
    }
  }

  #giveUp(file: SpoolFile): void {
    try {
      claimFile(file.path, this.#options.folder, { ...this.owner, pid: 0 }, file.number);
    } catch {
      // Under its old name it is adopted when this process is gone.
    }
  }

  #fileForMore(): SpoolFile {
    if (this.#current !== undefined) {
      if (this.#current.bytes < MAX_FILE_BYTES) return this.#current;
      this.#retire(this.#current);
    }
    const { folder, isShared, destination } = this.#options;
    prepareFolder(folder, isShared);
    const number = ++this.#lastNumber;
    const file = SpoolFile.create(join(folder, writeName(this.owner, number)), number);
    this.#current = file;
    this.#add(file);
    this.#headerWriter.add(NO_TRACE, writeHeader(destination));
    file.append(this.#headerWriter.take());
    this.#bytes += file.bytes;
    return file;
  }

  #add(file: SpoolFile): void {
    this.#files.add(file);
    this.#bytes += file.bytes;
    this.#touchTimer ??= setInterval(() => {
      for (const one of this.#files) this.#guard(() => one.touch());
    }, TOUCH_MILLIS).unref();
  }

  #retire(file: SpoolFile): void {
    this.#current = undefined;
    file.close();
    this.removeIfDone(file);
  }

  /** Runs it; where the disk fails, the file is left and nothing is written for a while. */
  #guard<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      const { folder, notes } = this.#options;
      const reason = error instanceof Error ? error.message : String(error);
      notes.once(
        "spool",
        `The spool in ${folder} can't be written, so what is recorded now is in memory only: ${reason}. It is tried again.`,
      );
      this.#pausedUntil = performance.now() + PAUSE_MILLIS;
      if (this.#current !== undefined) this.#retire(this.#current);
      return undefined;
    }
  }
}
