import { dataProperty } from "../base/data-property.ts";
import { answer } from "./chat-messages.ts";
import { errorOf } from "./error-body.ts";
import { readParts } from "./gemini-parts.ts";
import { readGeminiRequest } from "./gemini-request.ts";
import { GeminiAssembly } from "./gemini-stream.ts";
import { asCount, asObject, asObjects, asString, type Data, sum } from "./own-data.ts";
import type { Provider, ProviderReading } from "./provider-reading.ts";
import { startAssembly } from "./stream-reader.ts";

/**
 * Gemini's `generateContent` and `streamGenerateContent`, on Google's AI host and on Vertex. Whole
 * answers and a stream's chunks have one shape.
 *
 * A prompt that was blocked has no finish reason: why it was blocked is the message's `refusal`.
 *
 * @see https://ai.google.dev/api/generate-content
 */
export const gemini: Provider = {
  path: /:(?:stream)?generateContent$/i,

  readRequest(url, value) {
    const body = asObject(value);
    return body?.contents == null ? undefined : readGeminiRequest(url, body);
  },

  readResponse,

  startStream: (firstChunk) =>
    isResponse(firstChunk)
      ? startAssembly(new GeminiAssembly(), firstChunk, readResponse)
      : undefined,
};

/** The SDK's responses have getters beside this data, which are not run. */
function isResponse(value: unknown): boolean {
  const first = dataProperty(dataProperty(value, "candidates"), 0);
  const usage = dataProperty(value, "usageMetadata");
  return (
    Array.isArray(dataProperty(dataProperty(first, "content"), "parts")) ||
    dataProperty(first, "finishReason") !== undefined ||
    asString(dataProperty(dataProperty(value, "promptFeedback"), "blockReason")) !== undefined ||
    asCount(dataProperty(usage, "promptTokenCount")) !== undefined
  );
}

function readResponse(value: unknown): ProviderReading | undefined {
  if (!isResponse(value)) return undefined;
  const response = asObject(value);
  if (response === undefined) return undefined;
  const candidate = asObjects(response.candidates).find((each) => (each.index ?? 0) === 0);
  const { parts, toolAnswers: _, ...more } = readParts(asObject(candidate?.content)?.parts);
  const reason = candidate?.finishReason;
  return {
    outputMessage: answer(parts, { ...more, refusal: blockedBecause(response.promptFeedback) }),
    // A number where the client asked for enumerations as numbers.
    finishReason: reason == null ? undefined : asString(String(reason)),
    responseModel: asString(response.modelVersion),
    responseId: asString(response.responseId),
    ...readUsage(response.usageMetadata),
    error: errorOf(response),
  };
}

function blockedBecause(value: unknown): string | undefined {
  const feedback = asObject(value);
  return asString(feedback?.blockReasonMessage) ?? asString(feedback?.blockReason);
}

/** Thoughts and the prompts of tools are counted beside the rest. */
function readUsage(value: unknown): ProviderReading {
  const usage: Data = asObject(value) ?? {};
  return {
    promptTokens: sum(usage.promptTokenCount, usage.toolUsePromptTokenCount),
    outputTokens: sum(usage.candidatesTokenCount, usage.thoughtsTokenCount),
    cachedTokens: asCount(usage.cachedContentTokenCount),
    reasoningTokens: asCount(usage.thoughtsTokenCount),
  };
}
