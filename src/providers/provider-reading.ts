/** What a provider's response says about one call, in the Log API's terms. */
export interface ProviderReading {
  /** A chat message: `{ role, content, tool_calls? ... }`. */
  readonly outputMessage?: Readonly<Record<string, unknown>>;
  /** The provider's own word: `stop`, `tool_calls`, `length` ... */
  readonly finishReason?: string;
  /** The whole prompt's tokens, cached ones included. */
  readonly promptTokens?: number;
  /** Everything that was generated, reasoning included. */
  readonly outputTokens?: number;
  readonly cachedTokens?: number;
  readonly cacheWriteTokens?: number;
  readonly reasoningTokens?: number;
  readonly responseModel?: string;
}

/** Puts the chunks of one streamed response together. */
export interface StreamReader {
  /** Takes the next chunk; one of another shape is passed over. Never throws. */
  add(chunk: unknown): void;
  /** What all chunks so far say together. */
  reading(): ProviderReading;
}

/** One provider API. */
export interface Provider {
  /** A whole response's reading; `undefined` when it is not this API's. */
  readResponse(value: unknown): ProviderReading | undefined;
  /** A reader for the stream that this chunk begins; `undefined` when it is not this API's. */
  startStream(firstChunk: unknown): StreamReader | undefined;
}

/** The value as an object to look into; `undefined` for anything else. */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The value when it is a string that says something. */
export function asString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value when it is a count. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
