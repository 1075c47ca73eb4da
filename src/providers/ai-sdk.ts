import { dataProperty, isObject } from "../base/data-property.ts";
import { AiSdkAssembly, asPart } from "./ai-sdk-stream.ts";
import { answer, argumentsText, textPart, toolCall } from "./chat-messages.ts";
import { errorMessage } from "./error-body.ts";
import { asCount, asObject, asObjects, asString, type Data, sum, without } from "./own-data.ts";
import type { Provider, ProviderReading } from "./provider-reading.ts";
import { startAssembly } from "./stream-reader.ts";
import { vectorText } from "./vector-text.ts";

/**
 * The AI SDK, versions 4 to 7: what `generateText`, `generateObject`, `embed` and `embedMany`
 * return, the result of `streamText` and `streamObject` once it is complete, and the parts that
 * `streamText` streams inside (`{ part, partialOutput }`).
 *
 * Of several steps the last one's answer is the call's, and the tokens of all are its tokens. The
 * results' getters are not run: the steps are data.
 *
 * @see https://ai-sdk.dev/docs/reference/ai-sdk-core
 */
export const aiSdk: Provider = {
  readResponse: (value) => readText(value) ?? readObject(value) ?? readVectors(value),

  startStream: (firstChunk) =>
    asPart(firstChunk) && startAssembly(new AiSdkAssembly(), firstChunk, readSteps),
};

/** A field of a result; of one that streams, what its promise has come to. */
function settled(result: unknown, name: string): unknown {
  const own = dataProperty(result, name);
  if (own !== undefined) return own;
  // Version 4 has the second name.
  const promise = dataProperty(result, `_${name}`) ?? dataProperty(result, `${name}Promise`);
  return dataProperty(dataProperty(promise, "status"), "value");
}

function readText(value: unknown): ProviderReading | undefined {
  const steps = settled(value, "steps");
  const last = asObjects(steps).at(-1);
  const isStep = last !== undefined && (Array.isArray(last.content) || last.text !== undefined);
  if (!isStep || asString(last.finishReason) === undefined || !isObject(last.usage)) {
    return undefined;
  }
  return readSteps({ steps });
}

/** @param value `{ steps, error? }` */
function readSteps(value: unknown): ProviderReading | undefined {
  const result = asObject(value);
  const steps = asObjects(result?.steps);
  const last = steps.at(-1);
  const response = asObject(last?.response);
  return {
    outputMessage: last && (Array.isArray(last.content) ? saidBy(last) : saidByOlder(last)),
    finishReason: asString(last?.finishReason),
    responseModel: asString(response?.modelId),
    responseId: asString(response?.id),
    ...readUsage(steps),
    error: result?.error === undefined ? undefined : errorMessage(result.error),
  };
}

function saidBy({ content }: Data): Data {
  const parts = asObjects(content);
  const ofType = (wanted: string): readonly Data[] => parts.filter(({ type }) => type === wanted);
  const calls = ofType("tool-call");
  return answer(
    ofType("text").map(({ text }) => textPart(text)),
    {
      reasoning: joined(ofType("reasoning")),
      tool_calls: calls.filter((call) => call.providerExecuted !== true).map(toToolCall),
      server_tool_calls: calls.filter((call) => call.providerExecuted === true),
    },
  );
}

/** Version 4 has the parts apart. */
function saidByOlder({ text, reasoning, toolCalls }: Data): Data {
  return answer(asString(text) ?? "", {
    reasoning: asString(reasoning) ?? joined(asObjects(reasoning)),
    tool_calls: asObjects(toolCalls).map(toToolCall),
  });
}

function joined(parts: readonly Data[]): string {
  return parts.map(({ text }) => asString(text) ?? "").join("\n\n");
}

function toToolCall(call: Data): Data {
  return toolCall(call.toolCallId, call.toolName, argumentsText(call.input ?? call.args));
}

/** An object is no message: what came of it is the output. */
function readObject(value: unknown): ProviderReading | undefined {
  const object = settled(value, "object");
  const usage = settled(value, "usage");
  const response = asObject(settled(value, "response"));
  if (object === undefined || !isObject(usage) || asString(response?.modelId) === undefined) {
    return undefined;
  }
  const providerMetadata = settled(value, "providerMetadata");
  return {
    output: object,
    finishReason: asString(settled(value, "finishReason")),
    responseModel: asString(response?.modelId),
    responseId: asString(response?.id),
    ...readUsage([{ usage, providerMetadata }]),
  };
}

function readVectors(value: unknown): ProviderReading | undefined {
  const one = dataProperty(value, "embedding");
  const many = dataProperty(value, "embeddings");
  const tokens = asCount(dataProperty(dataProperty(value, "usage"), "tokens"));
  if (tokens === undefined || !Array.isArray(one ?? many)) return undefined;
  const output = Array.isArray(many) ? many.map(vectorText) : vectorText(one);
  const kept = without(asObject(value) as Data, ["response", "responses"]);
  return {
    output,
    response: {
      ...kept,
      ...(Array.isArray(many) ? { embeddings: output } : { embedding: output }),
    },
    promptTokens: tokens,
  };
}

function readUsage(steps: readonly Data[]): ProviderReading {
  const usages = steps.map(stepUsage);
  const total = (name: keyof ProviderReading): number | undefined =>
    sum(...usages.map((usage) => usage[name]));
  return {
    promptTokens: total("promptTokens"),
    outputTokens: total("outputTokens"),
    cachedTokens: total("cachedTokens"),
    cacheWriteTokens: total("cacheWriteTokens"),
    reasoningTokens: total("reasoningTokens"),
  };
}

/**
 * Since version 6 the input holds the cached tokens and the output the reasoning ones. Before, what
 * a provider counted apart stayed apart: Anthropic and Bedrock the cache, Gemini the thoughts.
 */
function stepUsage({ usage: value, providerMetadata }: Data): ProviderReading {
  const usage: Data = asObject(value) ?? {};
  const input = asObject(usage.inputTokenDetails);
  const meta = asObject(providerMetadata);
  const apart = input === undefined ? asObject(meta?.anthropic ?? meta?.bedrock) : undefined;
  const counted = asObject(apart?.usage) ?? {};
  const cached = asCount(
    input?.cacheReadTokens ?? usage.cachedInputTokens ?? apart?.cacheReadInputTokens,
  );
  const written = asCount(
    input?.cacheWriteTokens ??
      apart?.cacheCreationInputTokens ??
      counted.cache_creation_input_tokens ??
      counted.cacheWriteInputTokens,
  );
  const reasoning = asCount(
    asObject(usage.outputTokenDetails)?.reasoningTokens ?? usage.reasoningTokens,
  );
  const prompt = asCount(usage.inputTokens ?? usage.promptTokens);
  const output = asCount(usage.outputTokens ?? usage.completionTokens);
  const thinksApart =
    reasoning !== undefined &&
    reasoning > 0 &&
    usage.totalTokens === (prompt ?? 0) + (output ?? 0) + reasoning;
  return {
    promptTokens: apart === undefined ? prompt : sum(prompt, cached, written),
    outputTokens: thinksApart ? sum(output, reasoning) : output,
    cachedTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: reasoning,
  };
}
