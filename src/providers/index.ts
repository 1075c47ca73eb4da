import { aiSdk } from "./ai-sdk.ts";
import { anthropic } from "./anthropic.ts";
import { bedrockConverse } from "./bedrock-converse.ts";
import {
  type BodyReader,
  type BodyReading,
  createBodyReader,
  MAX_FRAME_CHARS,
} from "./body-reader.ts";
import { cohere } from "./cohere.ts";
import { cohereV1 } from "./cohere-v1.ts";
import { gemini } from "./gemini.ts";
import { ollama } from "./ollama.ts";
import { openaiChat } from "./openai-chat.ts";
import { openaiCompletions } from "./openai-completions.ts";
import { openaiEmbeddings } from "./openai-embeddings.ts";
import { openaiResponses } from "./openai-responses.ts";
import type {
  Provider,
  ProviderReading,
  ProviderRequest,
  StreamReader,
} from "./provider-reading.ts";

export type { BodyReader, BodyReading } from "./body-reader.ts";
export type { ProviderReading, ProviderRequest, StreamReader } from "./provider-reading.ts";

/** Every provider API that is recognised by the shape of its responses. */
const PROVIDERS: readonly Provider[] = [
  openaiChat,
  openaiResponses,
  openaiEmbeddings,
  openaiCompletions,
  anthropic,
  gemini,
  cohere,
  cohereV1,
  ollama,
  bedrockConverse,
  aiSdk,
];

/** True for a URL that a request to a provider may have: its body is worth looking at. */
export function mayBeProviderUrl({ pathname }: URL): boolean {
  return PROVIDERS.some(({ path }) => path?.test(pathname));
}

/** What a request says when it is one to a provider. Never throws. */
export function readProviderRequest(url: URL, body: unknown): ProviderRequest | undefined {
  return first((provider) =>
    provider.path?.test(url.pathname) ? provider.readRequest?.(url, body) : undefined,
  );
}

/** What a returned value says when it is a provider's response. Never throws. */
export function readProviderResponse(value: unknown): ProviderReading | undefined {
  return first((provider) => provider.readResponse(value));
}

/** A reader for a provider's stream, by its first chunk. Never throws. */
export function startProviderStream(firstChunk: unknown): StreamReader | undefined {
  return first((provider) => provider.startStream(firstChunk));
}

/**
 * A reader for an HTTP body as it passes, by its content type: `add()` each piece of its decoded
 * text, `read()` once at the end. `undefined` for a body that is neither JSON nor a stream of it.
 *
 * @param maxFrameChars a longer frame (a JSON body is one) is dropped and said to be `unreadable`.
 */
export function startBodyReader(
  contentType: string,
  maxFrameChars: number = MAX_FRAME_CHARS,
): BodyReader | undefined {
  return createBodyReader(contentType, maxFrameChars, {
    readResponse: readProviderResponse,
    startStream: startProviderStream,
  });
}

/** What the whole text of an HTTP body says, by its content type. Never throws. */
export function readProviderBody(text: string, contentType: string): BodyReading | undefined {
  const reader = startBodyReader(contentType);
  reader?.add(text);
  const body = reader?.read();
  // An array of the program's own is no stream.
  const isOwnArray = /^\s*\[/.test(text) && body !== undefined && body.reading === undefined;
  return isOwnArray ? { value: JSON.parse(text) } : body;
}

function first<T>(ask: (provider: Provider) => T | undefined): T | undefined {
  for (const provider of PROVIDERS) {
    try {
      const answer = ask(provider);
      if (answer !== undefined) return answer;
    } catch {
      // A value that throws when it is looked at is no provider's.
    }
  }
  return undefined;
}
