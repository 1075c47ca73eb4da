import { dataProperty, isObject } from "../base/data-property.ts";
import { readBlocks } from "./anthropic-blocks.ts";
import { readAnthropicRequest } from "./anthropic-request.ts";
import { AnthropicAssembly } from "./anthropic-stream.ts";
import { answer } from "./chat-messages.ts";
import { errorOf } from "./error-body.ts";
import { asCount, asObject, asObjects, asString, sum } from "./own-data.ts";
import type { Provider, ProviderReading } from "./provider-reading.ts";
import { startAssembly } from "./stream-reader.ts";

/**
 * Anthropic messages: its own host, Vertex, and Bedrock's `invoke` of the same body.
 *
 * @see https://platform.claude.com/docs/en/api/messages
 */
export const anthropic: Provider = {
  path: /\/messages\/?$|:(?:streamRawPredict|rawPredict)$|\/invoke(?:-with-response-stream)?$/,

  readRequest(url, value) {
    const body = asObject(value);
    if (!Array.isArray(body?.messages)) return undefined;
    // The API takes none without a limit; the clouds take a version in the body.
    const isOwn = /\/messages\/?$/.test(url.pathname)
      ? asCount(body.max_tokens) !== undefined
      : asString(body.anthropic_version) !== undefined;
    return isOwn ? readAnthropicRequest(url, body) : undefined;
  },

  readResponse,

  startStream(firstChunk) {
    const isStart = dataProperty(firstChunk, "type") === "message_start";
    if (!isStart || !isObject(dataProperty(firstChunk, "message"))) return undefined;
    return startAssembly(new AnthropicAssembly(), firstChunk, readResponse);
  },
};

function isMessage(value: unknown): boolean {
  return (
    dataProperty(value, "type") === "message" &&
    dataProperty(value, "role") === "assistant" &&
    Array.isArray(dataProperty(value, "content"))
  );
}

function readResponse(value: unknown): ProviderReading | undefined {
  if (!isMessage(value)) return undefined;
  const response = asObject(value);
  if (response === undefined) return undefined;
  const { parts, ...more } = readBlocks(response.content);
  const citations = asObjects(response.content).flatMap((block) => asObjects(block.citations));
  return {
    outputMessage: answer(parts, { ...more, annotations: citations }),
    finishReason: asString(response.stop_reason),
    responseModel: asString(response.model),
    responseId: asString(response.id),
    ...readUsage(response.usage),
    error: errorOf(response),
  };
}

/** `input_tokens` leaves out what was read from the cache or written to it. */
function readUsage(value: unknown): ProviderReading {
  const usage = asObject(value);
  if (usage === undefined) return {};
  const cached = asCount(usage.cache_read_input_tokens);
  const written = asCount(usage.cache_creation_input_tokens);
  return {
    promptTokens: sum(usage.input_tokens, cached, written),
    outputTokens: asCount(usage.output_tokens),
    cachedTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: asCount(asObject(usage.output_tokens_details)?.thinking_tokens),
  };
}
