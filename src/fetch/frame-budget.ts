/** The last events name the finish reason and the tokens. */
const KEPT_AT_END = 4;

/** Of a frame that only repeats the one before at least this part counts: it may add text again. */
const LEAST_PART = 1 / 32;

/**
 * Hands an answer's frames on while what they add is within a budget; of the rest only the last
 * ones, at the end. A frame's names and ids are the same as the one's before it: what differs is
 * what whoever puts them together has to hold.
 */
export class FrameBudget {
  readonly #use: (frame: string) => void;
  readonly #last: string[] = [];
  readonly #maxChars: number;
  #before = "";
  #left: number;

  constructor(maxChars: number, use: (frame: string) => void) {
    this.#maxChars = maxChars;
    this.#left = maxChars;
    this.#use = use;
  }

  add(frame: string): void {
    // Is dropped and counted there.
    if (frame.length > this.#maxChars) return this.#use(frame);
    this.#left -= Math.max(newChars(frame, this.#before), frame.length * LEAST_PART);
    this.#before = frame;
    if (this.#left >= 0) return this.#use(frame);
    this.#last.push(frame);
    if (this.#last.length > KEPT_AT_END) this.#last.shift();
  }

  flush(): void {
    for (const frame of this.#last.splice(0)) this.#use(frame);
  }
}

/** How much of a frame is between what it begins and ends with like the one before. */
function newChars(frame: string, before: string): number {
  const most = Math.min(frame.length, before.length);
  let start = 0;
  while (start < most && frame.charCodeAt(start) === before.charCodeAt(start)) start++;
  let end = 0;
  while (
    end < most - start &&
    frame.charCodeAt(frame.length - 1 - end) === before.charCodeAt(before.length - 1 - end)
  ) {
    end++;
  }
  return frame.length - start - end;
}
