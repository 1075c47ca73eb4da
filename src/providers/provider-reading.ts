import { dataProperty, isObject } from "../base/data-property.ts";

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

/**
 * The value's own data to look into; `undefined` for anything but an object. A copy, so that no
 * getter of the user's is run by reading it.
 */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(value) || Array.isArray(value)) return undefined;
  const data: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) data[key] = dataProperty(value, key);
  return data;
}

/** The value when it is a string that says something. */
export function asString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value when it is a count. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
