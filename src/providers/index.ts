import { aiSdk } from "./ai-sdk.ts";
import { openaiChat } from "./openai-chat.ts";
import type {
  Provider,
  ProviderReading,
  ProviderRequest,
  StreamReader,
} from "./provider-reading.ts";
import { type BodyReading, readBody } from "./read-body.ts";

export type { ProviderReading, ProviderRequest, StreamReader } from "./provider-reading.ts";

/** Every provider API that is recognised by the shape of its responses. */
const PROVIDERS: readonly Provider[] = [openaiChat, aiSdk];

/** What a request says when it is one to a provider. Never throws. */
export function readProviderRequest(url: URL, body: unknown): ProviderRequest | undefined {
  return first((provider) => provider.readRequest?.(url, body));
}

/** What a returned value says when it is a provider's response. Never throws. */
export function readProviderResponse(value: unknown): ProviderReading | undefined {
  return first((provider) => provider.readResponse(value));
}

/** A reader for a provider's stream, by its first chunk. Never throws. */
export function startProviderStream(firstChunk: unknown): StreamReader | undefined {
  return first((provider) => provider.startStream(firstChunk));
}

/** What the text of an HTTP body says, by its content type. Never throws. */
export function readProviderBody(text: string, contentType: string): BodyReading | undefined {
  return readBody(text, contentType, startProviderStream);
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
