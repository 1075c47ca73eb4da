const INITIAL_BYTES = 256 * 1024;
/** A larger buffer is not kept for the next body. */
const MAX_KEPT_BYTES = 8 * 1024 * 1024;
/** UTF-8 takes at most this many bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/** Shorter pieces are gathered before they are written; longer ones would be copied by that. */
const MIN_DIRECT_LENGTH = 512;
const MAX_GATHERED_LENGTH = 8 * 1024;

/** Writes text into one growing buffer outside of the JS heap, used again for the next body. */
export class BodyWriter {
  #buffer: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #length = 0;
  #gathered = "";

  get length(): number {
    this.#flush();
    return this.#length;
  }

  write(text: string): void {
    if (text.length >= MIN_DIRECT_LENGTH) {
      this.#flush();
      this.#put(text);
      return;
    }
    this.#gathered += text;
    if (this.#gathered.length >= MAX_GATHERED_LENGTH) this.#flush();
  }

  /** What was written; valid until the next `reset`. */
  bytes(): Buffer {
    this.#flush();
    return this.#buffer.subarray(0, this.#length);
  }

  reset(): void {
    this.#length = 0;
    this.#gathered = "";
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  #flush(): void {
    if (this.#gathered === "") return;
    this.#put(this.#gathered);
    this.#gathered = "";
  }

  #put(text: string): void {
    this.#reserve(text.length * MAX_BYTES_PER_UNIT);
    this.#length += this.#buffer.write(text, this.#length, "utf8");
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}
