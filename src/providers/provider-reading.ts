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
  readonly responseId?: string;
  /** Of an API that answers with no message: text, or any value that becomes JSON text. */
  readonly output?: unknown;
  /** Dollars for the whole call, where the provider names them. */
  readonly cost?: number;
  /** What the provider says went wrong, within an answer that is no HTTP error. */
  readonly error?: string;
  /** What of the answer could not be read, in a few words; never content. */
  readonly unreadable?: readonly string[];
}

/** What a request to a provider says about the call, in the Log API's terms. */
export interface ProviderRequest {
  /** OTel's `gen_ai.operation.name`: `chat` and `generate_content` are Prompts, `embeddings` is a Tool. */
  readonly operation: "chat" | "generate_content" | "text_completion" | "embeddings";
  /** OTel's `gen_ai.provider.name`. */
  readonly providerName?: string;
  /** A Prompt's kernel by wire names: model, provider, temperature, tools ... */
  readonly kernel: Readonly<Record<string, unknown>>;
  readonly messages?: readonly unknown[];
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly toolChoice?: unknown;
  /** True: the answer comes in pieces. */
  readonly isStream: boolean;
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
  /**
   * A request's reading by its URL's path and its body's shape, never by the host alone;
   * `undefined` when it is not this API's.
   */
  readRequest?(url: URL, body: unknown): ProviderRequest | undefined;
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
