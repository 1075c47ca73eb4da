import { createParser } from "eventsource-parser";
import { maskSecrets } from "../base/mask.ts";
import { framingOf } from "../providers/body-reader.ts";
import type { Framing } from "../providers/framing.ts";
import { type BodyReader, type BodyReading, startBodyReader } from "../providers/index.ts";
import { FrameBudget } from "./frame-budget.ts";

/** What came of an answer's body. */
export interface Answer extends BodyReading {
  /** Its text, up to the cap. Empty for what is no text. */
  readonly text: string;
  /** Characters over the cap. */
  readonly lostLength: number;
  /** Of what is no text, its size; else 0. */
  readonly binaryBytes: number;
  /** The beginning of the first frame that is cut or no JSON at all, masked. */
  readonly broken?: string;
}

/** Of a broken frame so much is kept, in UTF-16 units. */
const MAX_BROKEN_CHARS = 4_000;

const EVENT_STREAM = /^\s*text\/event-stream\b/i;
const TEXT = /^\s*$|^\s*text\/|json|xml/i;

/**
 * Reads an answer's body piece by piece: server-sent events, NDJSON, a JSON array in pieces, JSON,
 * or text. It holds at most the cap of what it has put together, and as much of the raw text.
 */
export class AnswerReader {
  readonly #maxChars: number;
  readonly #decoder = new TextDecoder();
  readonly #isText: boolean;
  readonly #framing: Framing | undefined;
  readonly #body: BodyReader | undefined;
  readonly #budget: FrameBudget;
  #text = "";
  #length = 0;
  #binaryBytes = 0;
  #broken: string | undefined;

  /** @param maxChars the cap, in UTF-16 units. */
  constructor(contentType: string, maxChars: number) {
    this.#maxChars = maxChars;
    this.#isText = TEXT.test(contentType);
    const body = startBodyReader(contentType, maxChars);
    this.#body = body;
    this.#budget = new FrameBudget(maxChars, (frame) => {
      if (!isWhole(frame)) this.#broken ??= maskSecrets(frame).slice(0, MAX_BROKEN_CHARS);
      body?.addFrame(frame);
    });
    this.#framing = EVENT_STREAM.test(contentType)
      ? events(maxChars)
      : framingOf(contentType)?.(maxChars);
  }

  add(chunk: unknown): void {
    if (typeof chunk === "string") return this.#addText(chunk);
    if (!(chunk instanceof Uint8Array)) return;
    if (this.#isText) this.#addText(this.#decoder.decode(chunk, { stream: true }));
    else this.#binaryBytes += chunk.byteLength;
  }

  #addText(text: string): void {
    const room = this.#maxChars - this.#length;
    if (room > 0) this.#text += text.slice(0, room);
    this.#length += text.length;
    for (const frame of this.#framing?.add(text) ?? []) this.#budget.add(frame);
  }

  /** To be called once, at the end. */
  read(): Answer {
    this.#addText(this.#decoder.decode());
    const rest = this.#framing?.rest();
    if (rest !== undefined) this.#budget.add(rest);
    this.#budget.flush();
    const { value, reading } = this.#body?.read() ?? {};
    const lost = this.#framing?.lost ?? 0;
    const unreadable = [
      ...(reading?.unreadable ?? []),
      ...(lost > 0 ? [`over ${this.#maxChars} characters: ${lost}`] : []),
    ];
    return {
      value,
      reading: unreadable.length > 0 ? { ...reading, unreadable } : reading,
      text: this.#text,
      lostLength: Math.max(0, this.#length - this.#maxChars),
      binaryBytes: this.#binaryBytes,
      broken: this.#broken,
    };
  }
}

/** Whether it ends as JSON does that begins so. Parsing is the body reader's. */
function isWhole(frame: string): boolean {
  const text = frame.trim();
  const end = { "{": "}", "[": "]" }[text.charAt(0)];
  return end !== undefined && text.endsWith(end);
}

/** The data of server-sent events. One that the connection's end cut off counts, too. */
function events(maxChars: number): Framing {
  let frames: string[] = [];
  let lost = 0;
  const parser = createParser({
    onEvent: ({ data }) => frames.push(data),
    onError: ({ type }) => {
      if (type !== "max-buffer-size-exceeded") return;
      lost++;
      parser.reset();
    },
    maxBufferSize: maxChars,
  });
  const add = (piece: string): readonly string[] => {
    frames = [];
    parser.feed(piece);
    return frames;
  };
  return {
    add,
    rest: () => add("\n\n")[0],
    get lost() {
      return lost;
    },
  };
}
