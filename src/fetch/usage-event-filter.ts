import { dataProperty, isObject } from "../base/data-property.ts";

/** A longer event is none that has only the tokens. In bytes. */
const MAX_EVENT_BYTES = 65_536;

/** So much of a long event is kept: what it ends with names the finish reason. */
const KEPT_OF_LONG_BYTES = 1_024;

/** A blank line. A CR that ends what is there may be half of a line's end. */
const EVENT_END = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n|$))/g;

/** A chunk that is held back, and what of it is to be cut out. */
interface Held {
  readonly bytes: Uint8Array;
  readonly cuts: (readonly [from: number, to: number])[];
}

/**
 * Takes the one event out of a stream of OpenAI's chat completions that names nothing but the
 * tokens, which the program has not asked for. Every other byte stays, in the same chunks.
 *
 * That event comes after a choice has finished. Only from there on is anything held back: chunks
 * with the beginning of an event that may still be this one.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-stream_options
 */
export class UsageEventFilter {
  /** Each byte as one character. */
  readonly #decoder = new TextDecoder("latin1");
  /** The event that is under way. */
  #event = "";
  /** In the first of these chunks it begins, at `#start`; none: its beginning has gone on. */
  #held: Held[] = [];
  #start = 0;
  #isFinished = false;

  /** A filter as far along as this one. */
  fork(): UsageEventFilter {
    const copy = new UsageEventFilter();
    copy.#event = this.#event;
    copy.#held = this.#held.map(({ bytes, cuts }) => ({ bytes: bytes.slice(), cuts: [...cuts] }));
    copy.#start = this.#start;
    copy.#isFinished = this.#isFinished;
    return copy;
  }

  /** The chunks that can go on now. */
  add(bytes: Uint8Array): readonly Uint8Array[] {
    const before = this.#event.length;
    const newest = this.#held.length;
    // Of an event whose beginning has gone on nothing can be taken back.
    let isWhole = newest > 0 || before === 0;
    let index = before === 0 ? newest : 0;
    let begin = 0;
    if (before === 0) this.#start = 0;
    this.#held.push({ bytes, cuts: [] });
    const text = this.#event + this.#decoder.decode(bytes);
    EVENT_END.lastIndex = Math.max(0, before - 3);
    for (let found = EVENT_END.exec(text); found !== null; found = EVENT_END.exec(text)) {
      const end = EVENT_END.lastIndex;
      const event = text.slice(begin, end);
      if (isWhole && this.#isFinished && isUsageEvent(event)) this.#cut(index, end - before);
      this.#isFinished ||= /"finish_reason"\s*:\s*"/.test(event);
      isWhole = true;
      index = newest;
      this.#start = end - before;
      begin = end;
      EVENT_END.lastIndex = end;
    }
    const rest = text.slice(begin);
    this.#event = rest.length > MAX_EVENT_BYTES ? rest.slice(-KEPT_OF_LONG_BYTES) : rest;
    const holds = this.#isFinished && isWhole && mayBeUsageEvent(rest);
    return this.#release(holds ? index : newest + 1);
  }

  /** What is held back, when nothing more comes. */
  flush(): readonly Uint8Array[] {
    return this.#release(this.#held.length);
  }

  /** Cuts the event out: from `#start` in the held chunk `index` up to `end` in the newest. */
  #cut(index: number, end: number): void {
    for (let at = index; at < this.#held.length; at++) {
      const held = this.#held[at] as Held;
      const isNewest = at === this.#held.length - 1;
      held.cuts.push([at === index ? this.#start : 0, isNewest ? end : held.bytes.length]);
    }
  }

  #release(count: number): readonly Uint8Array[] {
    return this.#held
      .splice(0, count)
      .map(withoutCuts)
      .filter((bytes) => bytes.length > 0);
  }
}

function withoutCuts({ bytes, cuts }: Held): Uint8Array {
  if (cuts.length === 0) return bytes;
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  let from = 0;
  for (const [start, end] of [...cuts, [bytes.length, bytes.length] as const]) {
    kept.set(bytes.subarray(from, start), length);
    length += start - from;
    from = end;
  }
  return kept.subarray(0, length);
}

/** False once the event can no longer be one that has JSON. */
function mayBeUsageEvent(begun: string): boolean {
  return begun !== "" && begun.length <= MAX_EVENT_BYTES && !/^data: ?[^ {]/.test(begun);
}

function isUsageEvent(event: string): boolean {
  const data = event.match(/^data:.*$/gm)?.map((line) => line.slice("data:".length));
  try {
    const value: unknown = JSON.parse(data?.join("\n") ?? "");
    const choices = dataProperty(value, "choices");
    return Array.isArray(choices) && choices.length === 0 && isObject(dataProperty(value, "usage"));
  } catch {
    return false;
  }
}
