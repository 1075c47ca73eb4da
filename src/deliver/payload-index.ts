import { payloadBytes } from "./cut-payload.ts";
import type { Entry } from "./trace-line.ts";

/** Smaller payloads are never cut: what is written in their place takes about as much. */
const MIN_CUT_BYTES = 512;
/** Sizes are told apart in steps of a quarter of a doubling. */
const STEPS_PER_DOUBLING = 4;

/**
 * The entries whose payload is worth cutting, by size: what is largest is found without a sort of
 * everything, and what was added first goes first among those of about one size.
 */
export class PayloadIndex {
  readonly #bySize: Set<Entry>[] = [];
  /** Where the search in the largest size stands: a set's start is slow behind many deletions. */
  #search: Iterator<Entry> | undefined;

  add(entry: Entry): void {
    const size = sizeOf(entry);
    if (size === undefined) return;
    if (size >= this.#bySize.length) this.#search = undefined;
    for (let next = this.#bySize.length; next <= size; next += 1) this.#bySize.push(new Set());
    this.#bySize[size]!.add(entry);
  }

  delete(entry: Entry): void {
    const size = sizeOf(entry);
    if (size !== undefined) this.#bySize[size]?.delete(entry);
  }

  /** Takes out the entry with the largest payload, about. */
  takeLargest(): Entry | undefined {
    for (let entries = this.#bySize.at(-1); entries; entries = this.#bySize.at(-1)) {
      if (entries.size > 0) {
        this.#search ??= entries.values();
        const { value } = this.#search.next();
        if (value) entries.delete(value);
        if (value) return value;
      } else {
        this.#bySize.pop();
      }
      this.#search = undefined;
    }
    return undefined;
  }
}

/** `undefined` where there is nothing to cut. */
function sizeOf(entry: Entry): number | undefined {
  entry.payloadBytes ??= payloadBytes(entry.operation);
  if (entry.payloadBytes < MIN_CUT_BYTES) return undefined;
  return Math.floor(STEPS_PER_DOUBLING * Math.log2(entry.payloadBytes / MIN_CUT_BYTES));
}
