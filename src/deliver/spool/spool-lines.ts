import { crc32 } from "node:zlib";

/** `<checksum> <trace id> `: eight and 32 hex digits. */
const TEXT_START = 42;
const CHECKED_START = 9;
const TRACE_END = 41;
const NEWLINE = 10;
const INITIAL_BYTES = 64 * 1024;
const MAX_KEPT_BYTES = 4 * 1024 * 1024;
const MAX_BYTES_PER_UNIT = 3;

/** The trace id of lines that are about the file itself. */
export const NO_TRACE: string = "0".repeat(32);

/** Writes lines into one buffer that is used again and again. */
export class LineWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;

  /**
   * Adds `<checksum> <trace id> <text>`, where the checksum is the CRC-32 of all that follows it,
   * up to the line's end.
   *
   * @param text JSON.
   */
  add(traceId: string, text: string): void {
    // Outside of its strings, where JSON may have a line break, a space means the same.
    const line = text.includes("\n") ? text.replaceAll("\n", " ") : text;
    this.#reserve(TEXT_START + line.length * MAX_BYTES_PER_UNIT + 1);
    const start = this.#length;
    const checked = start + CHECKED_START;
    this.#buffer.write(`${traceId} `, checked, "latin1");
    const end = start + TEXT_START + this.#buffer.write(line, start + TEXT_START, "utf8");
    const checksum = crc32(this.#buffer.subarray(checked, end));
    this.#buffer.write(`${checksum.toString(16).padStart(8, "0")} `, start, "latin1");
    this.#buffer[end] = NEWLINE;
    this.#length = end + 1;
  }

  /** What was added since the last time; valid until the next `add`. */
  take(): Buffer {
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    return bytes;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

/** One line that is whole. */
export interface SpoolLine {
  readonly traceId: string;
  readonly text: string;
}

/**
 * The whole lines of a file, in order. What is torn, cut or changed is left out, wherever it is:
 * a line is looked for behind every line break.
 */
export function* readLines(bytes: Buffer): Generator<SpoolLine> {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, start);
    // A last line without its end is one that was being written.
    if (found === -1) return;
    if (isWhole(bytes, start, found)) {
      yield {
        traceId: bytes.toString("latin1", start + CHECKED_START, start + TRACE_END),
        text: bytes.toString("utf8", start + TEXT_START, found),
      };
    }
    start = found + 1;
  }
}

function isWhole(bytes: Buffer, start: number, end: number): boolean {
  if (end - start < TEXT_START) return false;
  const checksum = bytes.toString("latin1", start, start + CHECKED_START - 1);
  const actual = crc32(bytes.subarray(start + CHECKED_START, end));
  return checksum === actual.toString(16).padStart(8, "0");
}
