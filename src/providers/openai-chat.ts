import { dataProperty } from "../base/data-property.ts";
import {
  asCount,
  asObject,
  asString,
  type Provider,
  type ProviderReading,
  type StreamReader,
} from "./provider-reading.ts";

/**
 * OpenAI chat completions, and the many servers that speak the same wire.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openaiChat: Provider = {
  readResponse(value) {
    if (dataProperty(value, "object") !== "chat.completion") return undefined;
    const response = asObject(value);
    if (!Array.isArray(response?.choices)) return undefined;
    const choice = asObject(dataProperty(response.choices, 0));
    return {
      outputMessage: asObject(choice?.message),
      finishReason: asString(choice?.finish_reason),
      responseModel: asString(response.model),
      ...readUsage(response.usage),
    };
  },

  startStream(firstChunk) {
    if (asChunk(firstChunk) === undefined) return undefined;
    const reader = new ChatStreamReader();
    reader.add(firstChunk);
    return reader;
  },
};

/** `prompt_tokens` holds the cached tokens, `completion_tokens` the reasoning ones. */
function readUsage(value: unknown): ProviderReading {
  const usage = asObject(value);
  if (usage === undefined) return {};
  const prompt = asObject(usage.prompt_tokens_details);
  const completion = asObject(usage.completion_tokens_details);
  return {
    promptTokens: asCount(usage.prompt_tokens),
    outputTokens: asCount(usage.completion_tokens),
    cachedTokens: asCount(prompt?.cached_tokens),
    reasoningTokens: asCount(completion?.reasoning_tokens),
  };
}

/** Azure sends its content filter's results first, in a chunk whose names are all empty. */
function asChunk(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const object = dataProperty(value, "object");
  if (object !== "chat.completion.chunk" && object !== "") return undefined;
  const chunk = asObject(value);
  return Array.isArray(chunk?.choices) ? chunk : undefined;
}

/** A tool call as its pieces arrive: the arguments come in many. */
interface ToolCall {
  id: string;
  type: string;
  function: { name: string; arguments: string };
}

class ChatStreamReader implements StreamReader {
  #role = "assistant";
  #content = "";
  #refusal = "";
  readonly #toolCalls: ToolCall[] = [];
  /** The call that is open at each index: parallel calls' pieces come interleaved. */
  readonly #openCalls = new Map<number, ToolCall>();
  #finishReason: string | undefined;
  #responseModel: string | undefined;
  #usage: ProviderReading = {};

  add(value: unknown): void {
    const chunk = asChunk(value);
    if (chunk === undefined) return;
    this.#responseModel ??= asString(chunk.model);
    // The last chunk may hold the usage alone, with no choice in it.
    if (asObject(chunk.usage) !== undefined) this.#usage = readUsage(chunk.usage);
    for (const entry of chunk.choices as readonly unknown[]) {
      const choice = asObject(entry);
      // With n > 1 the first choice is the log's output.
      if (choice === undefined || (choice.index ?? 0) !== 0) continue;
      this.#finishReason = asString(choice.finish_reason) ?? this.#finishReason;
      const delta = asObject(choice.delta);
      if (delta !== undefined) this.#addDelta(delta);
    }
  }

  #addDelta(delta: Readonly<Record<string, unknown>>): void {
    this.#role = asString(delta.role) ?? this.#role;
    this.#content += asString(delta.content) ?? "";
    this.#refusal += asString(delta.refusal) ?? "";
    if (!Array.isArray(delta.tool_calls)) return;
    for (const piece of delta.tool_calls) this.#addToolCall(asObject(piece));
  }

  #addToolCall(piece: Readonly<Record<string, unknown>> | undefined): void {
    if (piece === undefined) return;
    const index = asCount(piece.index) ?? this.#toolCalls.length;
    const id = asString(piece.id) ?? "";
    const called = asObject(piece.function);
    const name = asString(called?.name) ?? "";
    let call = this.#openCalls.get(index);
    // Some servers give every call index 0: a name under another id begins the next call.
    if (call === undefined || (name && id && call.id && id !== call.id)) {
      call = { id, type: "function", function: { name, arguments: "" } };
      this.#toolCalls.push(call);
      this.#openCalls.set(index, call);
    }
    call.id ||= id;
    call.function.name ||= name;
    call.function.arguments += asString(called?.arguments) ?? "";
  }

  reading(): ProviderReading {
    const toolCalls = this.#toolCalls;
    return {
      outputMessage: {
        role: this.#role,
        content: this.#content === "" && toolCalls.length > 0 ? null : this.#content,
        ...(this.#refusal !== "" && { refusal: this.#refusal }),
        ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
      },
      finishReason: this.#finishReason,
      responseModel: this.#responseModel,
      ...this.#usage,
    };
  }
}
