import { dataProperty, isObject } from "../base/data-property.ts";
import { asCount, asObject, asString } from "./own-data.ts";
import type { Provider, ProviderReading, StreamReader } from "./provider-reading.ts";

/**
 * What the AI SDK's `streamText` streams inside, versions 4 to 7: `{ part, partialOutput }`.
 *
 * @see https://ai-sdk.dev/docs/reference/ai-sdk-core/stream-text
 */
export const aiSdk: Provider = {
  readResponse: () => undefined,

  startStream(firstChunk) {
    if (partOf(firstChunk) === undefined) return undefined;
    const reader = new PartReader();
    reader.add(firstChunk);
    return reader;
  },
};

function partOf(chunk: unknown): Readonly<Record<string, unknown>> | undefined {
  // Asked for first: of a chunk that may be anything no copy is made.
  const part = dataProperty(chunk, "part");
  return isObject(part) && "partialOutput" in (chunk as object) ? asObject(part) : undefined;
}

class PartReader implements StreamReader {
  #text = "";
  #toolCalls: unknown[] = [];
  #totals: ProviderReading = {};

  add(chunk: unknown): void {
    const part = partOf(chunk);
    switch (part?.type) {
      // The last step's answer is the call's; the steps before it called tools.
      case "start-step":
      case "step-start":
        this.#text = "";
        this.#toolCalls = [];
        break;
      case "text-delta":
        this.#text += asString(part.text) ?? asString(part.textDelta) ?? "";
        break;
      case "tool-call":
        this.#toolCalls.push(toToolCall(part));
        break;
      case "finish-step":
      case "step-finish": {
        const responseModel = asString(asObject(part.response)?.modelId);
        this.#totals = { ...this.#totals, responseModel };
        break;
      }
      case "finish":
        this.#totals = {
          ...this.#totals,
          finishReason: asString(part.finishReason),
          ...readUsage(asObject(part.totalUsage) ?? asObject(part.usage) ?? {}),
        };
        break;
    }
  }

  response(): unknown {
    return undefined;
  }

  reading(): ProviderReading {
    const calls = this.#toolCalls;
    const content = this.#text === "" && calls.length > 0 ? null : this.#text;
    const outputMessage = {
      role: "assistant",
      content,
      ...(calls.length > 0 && { tool_calls: calls }),
    };
    return { outputMessage, ...this.#totals };
  }
}

function toToolCall(part: Readonly<Record<string, unknown>>): unknown {
  const called = { name: part.toolName, arguments: JSON.stringify(part.input ?? part.args) };
  return { id: part.toolCallId, type: "function", function: called };
}

/** Both totals hold their parts. Version 4 has other names. */
function readUsage(usage: Readonly<Record<string, unknown>>): ProviderReading {
  return {
    promptTokens: asCount(usage.inputTokens ?? usage.promptTokens),
    outputTokens: asCount(usage.outputTokens ?? usage.completionTokens),
    cachedTokens: asCount(usage.cachedInputTokens),
    reasoningTokens: asCount(usage.reasoningTokens),
  };
}
