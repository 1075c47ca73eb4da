import { isInstance } from "../base/data-property.ts";
import type { Sieve, Step, Take } from "../spans/watch-stream.ts";
import { UsageEventFilter } from "./usage-event-filter.ts";

/**
 * Stands between a stream of OpenAI's chat completions and who reads it: keeps the event back that
 * our own asking for the tokens has made.
 */
export class UsageSieve implements Sieve {
  readonly #filter: UsageEventFilter;
  /** Chunks that can go to the reader. */
  readonly #ready: Uint8Array[];
  /** The read that is under way: the next one waits for it. */
  #busy: Promise<unknown> | undefined;

  constructor(filter: UsageEventFilter = new UsageEventFilter(), ready: Uint8Array[] = []) {
    this.#filter = filter;
    this.#ready = ready;
  }

  fork(): Sieve {
    return new UsageSieve(
      this.#filter.fork(),
      this.#ready.map((bytes) => bytes.slice()),
    );
  }

  take(take: Take, args: unknown[]): Promise<Step> {
    const run = () => this.#next(take, args);
    const step = this.#busy?.then(run, run) ?? run();
    this.#busy = step;
    const settled = () => {
      if (this.#busy === step) this.#busy = undefined;
    };
    step.then(settled, settled);
    return step;
  }

  async #next(take: Take, args: unknown[]): Promise<Step> {
    const [view] = args;
    if (ArrayBuffer.isView(view) && view.byteLength > 0) return this.#fill(take, view);
    const end = await this.#pull(take, args, 1);
    const bytes = this.#ready.shift();
    return bytes === undefined ? (end ?? { done: true }) : { done: false, value: bytes };
  }

  /** Reads on until so many bytes are there. The stream's end, or what is no bytes, comes back. */
  async #pull(take: Take, args: unknown[], minBytes: number): Promise<Step | undefined> {
    while (this.#readyBytes() < minBytes) {
      try {
        const step = await take(...args);
        if (!step.done && !isInstance(step.value, Uint8Array)) return step;
        this.#ready.push(
          ...(step.done ? this.#filter.flush() : this.#filter.add(step.value as Uint8Array)),
        );
        if (step.done) return step;
      } catch (error) {
        // What came before it broke is given out first; the next read fails again.
        this.#ready.push(...this.#filter.flush());
        if (this.#ready.length === 0) throw error;
        return undefined;
      }
    }
    return undefined;
  }

  #readyBytes(): number {
    return this.#ready.reduce((sum, { length }) => sum + length, 0);
  }

  /** A reader that brings its own view: read into one of ours, since some bytes may go. */
  async #fill(take: Take, view: ArrayBufferView): Promise<Step> {
    const { byteOffset, byteLength } = view;
    const View = view.constructor as new (...args: unknown[]) => ArrayBufferView;
    const unit = (view as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1;
    // As the platform has it: the caller's buffer is taken over.
    const buffer = structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
    const target = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
    await this.#pull(() => take(new Uint8Array(byteLength)), [], unit);
    let filled = 0;
    for (let bytes = this.#ready[0]; bytes && filled < byteLength; bytes = this.#ready[0]) {
      const part = bytes.subarray(0, byteLength - filled);
      target.set(part, filled);
      filled += part.length;
      if (part.length === bytes.length) this.#ready.shift();
      else this.#ready[0] = bytes.subarray(part.length);
    }
    return { done: filled === 0, value: new View(buffer, byteOffset, Math.floor(filled / unit)) };
  }
}
