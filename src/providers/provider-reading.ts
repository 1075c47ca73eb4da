/** What a provider's response says about one call, in the Log API's terms. */
export interface ProviderReading {
  /** A chat message: `{ role, content, tool_calls?, refusal?, reasoning?, server_tool_calls? }`. */
  readonly outputMessage?: Readonly<Record<string, unknown>>;
  /** The provider's own word: `stop`, `end_turn`, `MAX_TOKENS`, a response's `completed` ... */
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
  /** The response as it may be kept, where that is not as it came: without an embedding's numbers. */
  readonly response?: unknown;
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
  /** The model that was asked for. */
  readonly model?: string;
  /**
   * A Prompt's kernel by wire names: model, provider, temperature, tools ... For `embeddings` a
   * Tool's. What differs from call to call (a user's id, a cache key) is no part of it.
   */
  readonly kernel: Readonly<Record<string, unknown>>;
  /** In the Log API's shape, the system's instructions first. */
  readonly messages?: readonly unknown[];
  /** Of an API that takes no messages. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** In one of the Log API's four forms. */
  readonly toolChoice?: unknown;
  /** True: the answer comes in pieces. */
  readonly isStream: boolean;
}

/** Puts the chunks of one streamed response together. */
export interface StreamReader {
  /** Takes the next chunk; one of another shape is passed over. Never throws. */
  add(chunk: unknown): void;
  /** All chunks so far as one response, in the shape that the API gives when it does not stream. */
  response(): unknown;
  /** What all chunks so far say together. */
  reading(): ProviderReading;
}

/** One provider API. Its requests are known by path and body, never by the host. */
export interface Provider {
  /** The paths of its requests' URLs; none where requests are not read. */
  readonly path?: RegExp;
  /** A reading of a request to such a path; `undefined` when its body is not this API's. */
  readRequest?(url: URL, body: unknown): ProviderRequest | undefined;
  /** A whole response's reading; `undefined` when it is not this API's. */
  readResponse(value: unknown): ProviderReading | undefined;
  /** A reader for the stream that this chunk begins; `undefined` when it is not this API's. */
  startStream(firstChunk: unknown): StreamReader | undefined;
}
