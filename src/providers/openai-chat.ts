import { dataProperty } from "../base/data-property.ts";
import { finishReason } from "../base/finish-reason.ts";
import { answer, takableMessage, takableMessages } from "./chat-messages.ts";
import { errorOf } from "./error-body.ts";
import { hostedTool, promptKernel, toolFunction } from "./kernel.ts";
import { openaiProvider, PER_CALL } from "./openai-parameters.ts";
import { asCount, asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import type {
  Provider,
  ProviderReading,
  ProviderRequest,
  StreamReader,
} from "./provider-reading.ts";
import { toolChoice } from "./tool-choice.ts";

/**
 * OpenAI chat completions, and the many servers that speak the same wire: Azure, Groq, Together,
 * OpenRouter, Mistral, DeepSeek, vLLM, Ollama's `/v1` ...
 *
 * With `n` > 1 the first choice is the log's output.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openaiChat: Provider = {
  readRequest(url, value) {
    if (!/\/chat\/completions\/?$/.test(url.pathname)) return undefined;
    const body = asObject(value);
    return Array.isArray(body?.messages) ? readRequest(url, body) : undefined;
  },

  readResponse(value) {
    const object = dataProperty(value, "object");
    if (object !== "chat.completion" && object !== undefined && object !== "") return undefined;
    const response = asObject(value);
    const choice = asObjects(response?.choices).find((each) => (each.index ?? 0) === 0);
    if (response === undefined || !Array.isArray(response.choices)) return undefined;
    const message = asObject(choice?.message);
    // Servers that leave out the object's name still answer with messages.
    if (object !== "chat.completion" && message === undefined) return undefined;
    const reason = asString(choice?.finish_reason);
    const error = errorOf(response) ?? errorOf(choice);
    return {
      outputMessage: message && readMessage(message),
      finishReason: reason && finishReason(reason),
      responseModel: asString(response.model),
      responseId: asString(response.id),
      ...readUsage(response.usage),
      error,
    };
  },

  startStream(firstChunk) {
    if (asChunk(firstChunk) === undefined) return undefined;
    const reader = new ChatStreamReader();
    reader.add(firstChunk);
    return reader;
  },
};

/** Of the body, what has a place of its own. */
const READ = [
  ...["model", "messages", "stream", "max_tokens", "max_completion_tokens", "temperature"],
  ...["top_p", "stop", "presence_penalty", "frequency_penalty", "seed", "response_format"],
  ...["reasoning_effort", "tools", "functions", "tool_choice", "function_call"],
];

function readRequest(url: URL, body: Data): ProviderRequest {
  const providerName = openaiProvider(url);
  // Azure's deployments stand for a model.
  const deployment = /\/deployments\/([^/]+)\//.exec(url.pathname)?.[1];
  const model = asString(body.model) ?? deployment;
  const tools = asObjects(body.tools);
  const functions = tools.flatMap((tool) => toolFunction(asObject(tool.function ?? tool.custom)));
  const hosted = tools.filter((tool) => tool.function === undefined && tool.custom === undefined);
  const { temperature, top_p, stop, presence_penalty, frequency_penalty, seed } = body;
  return {
    operation: "chat",
    providerName,
    model,
    kernel: promptKernel({
      model,
      providerName,
      parameters: {
        temperature,
        top_p,
        max_tokens: body.max_completion_tokens ?? body.max_tokens,
        stop,
        presence_penalty,
        frequency_penalty,
        seed,
        response_format: body.response_format,
        reasoning_effort: body.reasoning_effort,
      },
      tools: [...functions, ...asObjects(body.functions).flatMap((each) => toolFunction(each))],
      other: {
        ...without(body, [...READ, ...PER_CALL]),
        hosted_tools: hosted.length > 0 ? hosted.map(hostedTool) : undefined,
      },
    }),
    messages: takableMessages(body.messages),
    toolChoice: toolChoice(body.tool_choice ?? body.function_call),
    isStream: body.stream === true,
  };
}

/** What servers send beside OpenAI's own fields is left out, but for the reasoning. */
function readMessage(message: Data): Data {
  const { content, refusal, annotations } = message;
  const parts = contentParts(content);
  const reasoning = asString(message.reasoning) ?? asString(message.reasoning_content);
  const { tool_calls } = takableMessage({ role: "assistant", tool_calls: message.tool_calls });
  return answer(parts.text, {
    refusal: asString(refusal),
    reasoning: reasoning ?? parts.thinking,
    tool_calls: tool_calls as readonly Data[] | undefined,
    function_call: legacyCall(message.function_call),
    audio: spoken(message.audio),
    annotations: Array.isArray(annotations) ? annotations : undefined,
  });
}

/** Mistral's content may be a list, with the thinking in it. */
function contentParts(content: unknown): { text: string; thinking: string } {
  let text = asString(content) ?? "";
  let thinking = "";
  for (const part of asObjects(content)) {
    if (part.type === "thinking") thinking += contentParts(part.thinking).text;
    else text += asString(part.text) ?? "";
  }
  return { text, thinking };
}

function legacyCall(value: unknown): Data | undefined {
  const call = asObject(value);
  return asString(call?.name) === undefined ? undefined : call;
}

/** The sound itself is not kept: what was said is in the transcript. */
function spoken(value: unknown): Data | undefined {
  const audio = asObject(value);
  return asString(audio?.id) === undefined ? undefined : without(audio as Data, ["data"]);
}

/** `prompt_tokens` holds the cached tokens, `completion_tokens` the reasoning ones. */
function readUsage(value: unknown): ProviderReading {
  const usage = asObject(value);
  if (usage === undefined) return {};
  const prompt = asObject(usage.prompt_tokens_details);
  const reasoning = asCount(asObject(usage.completion_tokens_details)?.reasoning_tokens);
  const promptTokens = asCount(usage.prompt_tokens);
  const completion = asCount(usage.completion_tokens);
  // xAI counts the reasoning beside the completion: its total is the sum of the three.
  const isApart =
    reasoning && usage.total_tokens === (promptTokens ?? 0) + (completion ?? 0) + reasoning;
  return {
    promptTokens,
    outputTokens: isApart ? (completion ?? 0) + reasoning : completion,
    // DeepSeek's and Moonshot's names.
    cachedTokens:
      asCount(prompt?.cached_tokens) ??
      asCount(usage.prompt_cache_hit_tokens) ??
      asCount(usage.cached_tokens),
    cacheWriteTokens: asCount(prompt?.cache_write_tokens),
    reasoningTokens: reasoning,
    // OpenRouter's credits are dollars; Perplexity names the parts and the total.
    cost: asCount(usage.cost) ?? asCount(asObject(usage.cost)?.total_cost),
  };
}

/** Azure sends its content filter's results first, in a chunk whose names are all empty. */
function asChunk(value: unknown): Data | undefined {
  const object = dataProperty(value, "object");
  const chunk = object === undefined || isChunkName(object) ? asObject(value) : undefined;
  if (!Array.isArray(chunk?.choices)) return undefined;
  const hasDelta = asObjects(chunk.choices).some((choice) => asObject(choice.delta) !== undefined);
  return object !== undefined || hasDelta ? chunk : undefined;
}

function isChunkName(object: unknown): boolean {
  return object === "chat.completion.chunk" || object === "";
}

/** One choice as its pieces arrive. */
interface Choice {
  readonly index: number;
  readonly message: Record<string, unknown>;
  readonly toolCalls: ToolCall[];
  /** The call that is open at each index: parallel calls' pieces come interleaved. */
  readonly openCalls: Map<number, ToolCall>;
  finishReason: string | undefined;
  error: unknown;
}

interface ToolCall {
  id: string;
  type: string;
  function: { name: string; arguments: string };
}

class ChatStreamReader implements StreamReader {
  /** The names of the whole response: its id, its model. */
  readonly #head: Record<string, unknown> = {};
  readonly #choices = new Map<number, Choice>();
  #usage: unknown;
  #error: unknown;

  add(value: unknown): void {
    // Within a stream an error comes in a chunk's place, or in a chunk.
    const failed = asObject(value)?.error;
    if (failed != null) this.#error ??= failed;
    const chunk = asChunk(value);
    if (chunk === undefined) return;
    for (const name of ["id", "created", "model", "system_fingerprint", "service_tier"]) {
      if (!this.#head[name]) this.#head[name] = chunk[name];
    }
    // The last chunk may hold the usage alone, with no choice in it. Groq once had it elsewhere.
    this.#usage = asObject(chunk.usage) ?? asObject(asObject(chunk.x_groq)?.usage) ?? this.#usage;
    for (const entry of asObjects(chunk.choices)) this.#addChoice(entry);
  }

  #addChoice(entry: Data): void {
    const index = asCount(entry.index) ?? 0;
    let choice = this.#choices.get(index);
    if (choice === undefined) {
      const message = { role: "assistant", content: "" };
      const finishReason = undefined;
      choice = { index, message, toolCalls: [], openCalls: new Map(), finishReason, error: null };
      this.#choices.set(index, choice);
    }
    choice.finishReason = asString(entry.finish_reason) ?? choice.finishReason;
    choice.error ??= entry.error;
    const delta = asObject(entry.delta);
    if (delta !== undefined) addDelta(choice, delta);
  }

  response(): unknown {
    const choices = [...this.#choices.values()].map((choice) => ({
      index: choice.index,
      message: {
        ...choice.message,
        ...(choice.toolCalls.length > 0 && { tool_calls: choice.toolCalls }),
      },
      finish_reason: choice.finishReason ?? null,
      ...(choice.error != null && { error: choice.error }),
    }));
    return {
      object: "chat.completion",
      ...without(this.#head),
      choices,
      ...without({ usage: this.#usage, error: this.#error }),
    };
  }

  reading(): ProviderReading {
    return openaiChat.readResponse(this.response()) ?? {};
  }
}

function addDelta({ message, toolCalls, openCalls }: Choice, delta: Data): void {
  const { text, thinking } = contentParts(delta.content);
  addText(message, "content", text);
  addText(message, "reasoning", delta.reasoning ?? delta.reasoning_content ?? thinking);
  addText(message, "refusal", delta.refusal);
  const called = asObject(delta.function_call);
  if (called !== undefined) {
    const call = (message.function_call ?? {}) as Record<string, unknown>;
    addText(call, "name", called.name);
    addText(call, "arguments", called.arguments);
    message.function_call = call;
  }
  const audio = asObject(delta.audio);
  if (audio !== undefined) {
    const sound = (message.audio ?? {}) as Record<string, unknown>;
    sound.id ??= asString(audio.id);
    addText(sound, "transcript", audio.transcript);
    message.audio = sound;
  }
  if (Array.isArray(delta.annotations)) {
    message.annotations = [...((message.annotations as unknown[]) ?? []), ...delta.annotations];
  }
  for (const piece of asObjects(delta.tool_calls)) addToolCall(toolCalls, openCalls, piece);
}

function addText(to: Record<string, unknown>, name: string, text: unknown): void {
  if (asString(text) !== undefined) to[name] = ((to[name] as string | undefined) ?? "") + text;
}

function addToolCall(toolCalls: ToolCall[], openCalls: Map<number, ToolCall>, piece: Data): void {
  const index = asCount(piece.index) ?? toolCalls.length;
  const id = asString(piece.id) ?? "";
  const called = asObject(piece.function) ?? asObject(piece.custom);
  const name = asString(called?.name) ?? "";
  let call = openCalls.get(index);
  // Some servers give every call index 0: a name under another id begins the next call.
  if (call === undefined || (name && id && call.id && id !== call.id)) {
    call = { id, type: "function", function: { name, arguments: "" } };
    toolCalls.push(call);
    openCalls.set(index, call);
  }
  call.id ||= id;
  call.function.name ||= name;
  call.function.arguments += asString(called?.arguments) ?? asString(called?.input) ?? "";
}
