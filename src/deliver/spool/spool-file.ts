import { closeSync, ftruncateSync, openSync, utimesSync, writeSync } from "node:fs";

/** One file of a spool, and the traces of which it holds something that is not settled. */
export class SpoolFile {
  readonly path: string;
  readonly number: number;
  readonly traces: Set<string> = new Set();
  /** Somebody else removed it, or took it. */
  isLost = false;
  /** It says of traces that stand in earlier files that they were sent. */
  hasMarks = false;
  bytes: number;
  #handle: number | undefined;

  constructor(path: string, number: number, bytes: number) {
    this.path = path;
    this.number = number;
    this.bytes = bytes;
  }

  /** A new file that takes more, readable by its owner only. */
  static create(path: string, number: number): SpoolFile {
    const file = new SpoolFile(path, number, 0);
    file.#handle = openSync(path, "wx", 0o600);
    return file;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  /**
   * Writes at the end, whole or not at all: a process that is killed right after it has left it
   * with the system.
   *
   * @throws what the system says, such as a disk that is full.
   */
  append(bytes: Buffer): void {
    const handle = this.#handle as number;
    let written = 0;
    try {
      while (written < bytes.length) {
        written += writeSync(handle, bytes, written, bytes.length - written, this.bytes + written);
      }
    } catch (error) {
      if (written > 0) ftruncateSync(handle, this.bytes);
      throw error;
    }
    this.bytes += written;
  }

  /** Says that its owner still runs, and sees whether it is still there. */
  touch(): void {
    const now = new Date();
    try {
      utimesSync(this.path, now, now);
    } catch (error) {
      this.isLost = true;
      throw error;
    }
  }

  /** No more is written to it. */
  close(): void {
    if (this.#handle !== undefined) closeSync(this.#handle);
    this.#handle = undefined;
  }
}
