import { errorOf } from "./error-body.ts";
import { eventData, type Framing, jsonValues, lines } from "./framing.ts";
import type { ProviderReading, StreamReader } from "./provider-reading.ts";

/** What an HTTP body holds: a value, or a streamed response put together. */
export interface BodyReading {
  /**
   * A JSON body's value, or a provider's stream put together as the response that the API gives
   * when it does not stream; without the numbers of embeddings. `undefined` for a stream that is
   * no provider's.
   */
  readonly value?: unknown;
  /** What it says when it is a provider's, and what of it could not be read. */
  readonly reading?: ProviderReading;
}

/**
 * Reads an HTTP body as it passes. It holds one incomplete frame and the response so far, not the
 * body's text. Nothing throws.
 */
export interface BodyReader {
  /** Takes the next piece of the body's decoded text, of any length. */
  add(text: string): void;
  /** Takes one whole frame instead, from a caller with a parser: the data of one event. */
  addFrame(text: string): void;
  /** What came, also of a body that was cut. To be called once, at the end. */
  read(): BodyReading;
}

/** Who understands the frames. */
export interface FrameReaders {
  readResponse(value: unknown): ProviderReading | undefined;
  startStream(firstChunk: unknown): StreamReader | undefined;
}

/** A longer frame is a body of data, not of text. In UTF-16 units. */
export const MAX_FRAME_CHARS = 16_777_216;

/**
 * A reader for a body of this content type: JSON, NDJSON, a JSON array in pieces or server-sent
 * events. `undefined` for any other.
 *
 * @param maxFrameChars a longer frame is dropped, and counted in `unreadable`.
 */
export function createBodyReader(
  contentType: string,
  maxFrameChars: number,
  readers: FrameReaders,
): BodyReader | undefined {
  const framing = framingOf(contentType)?.(maxFrameChars);
  return framing && new FrameByFrame(framing, maxFrameChars, readers);
}

/** How a body of this content type is cut into frames; `undefined` for one that is not read. */
export function framingOf(contentType: string): ((maxChars: number) => Framing) | undefined {
  if (/^\s*text\/event-stream\b/i.test(contentType)) return eventData;
  if (/\b(?:x-ndjson|ndjson|jsonl|stream\+json)\b/i.test(contentType)) return lines;
  return /\bjson\b/i.test(contentType) ? jsonValues : undefined;
}

class FrameByFrame implements BodyReader {
  readonly #framing: Framing;
  readonly #maxFrameChars: number;
  readonly #readers: FrameReaders;
  #stream: StreamReader | undefined;
  #first: unknown;
  #count = 0;
  #error: string | undefined;
  #broken = 0;
  #lost = 0;

  constructor(framing: Framing, maxFrameChars: number, readers: FrameReaders) {
    this.#framing = framing;
    this.#maxFrameChars = maxFrameChars;
    this.#readers = readers;
  }

  add(text: string): void {
    for (const frame of this.#framing.add(text)) this.addFrame(frame);
  }

  addFrame(text: string): void {
    // OpenAI's streams end with it.
    if (text.trim() === "[DONE]") return;
    if (text.length > this.#maxFrameChars) {
      this.#lost += 1;
      return;
    }
    try {
      this.#take(JSON.parse(text));
    } catch {
      this.#broken += 1;
    }
  }

  #take(chunk: unknown): void {
    if (this.#count++ === 0) this.#first = chunk;
    if (this.#stream !== undefined) return this.#stream.add(chunk);
    this.#stream = this.#readers.startStream(chunk);
    if (this.#stream === undefined) this.#error ??= errorOf(chunk);
  }

  read(): BodyReading {
    const rest = this.#framing.rest();
    if (rest !== undefined) this.addFrame(rest);
    const only = this.#count === 1 ? this.#first : undefined;
    const whole = only === undefined ? undefined : this.#readers.readResponse(only);
    const reading = whole ?? this.#stream?.reading();
    const error = this.#error;
    const unreadable = this.#unreadable();
    return {
      value: reading?.response ?? (whole === undefined ? this.#stream?.response() : only) ?? only,
      ...((reading ?? error ?? unreadable) && {
        reading: { ...(error && { error }), ...reading, ...(unreadable && { unreadable }) },
      }),
    };
  }

  #unreadable(): readonly string[] | undefined {
    const lost = this.#lost + this.#framing.lost;
    if (this.#broken + lost === 0) return undefined;
    return [
      ...(this.#broken > 0 ? [`broken JSON: ${this.#broken}`] : []),
      ...(lost > 0 ? [`over ${this.#maxFrameChars} characters: ${lost}`] : []),
    ];
  }
}
