import { dataProperty } from "../base/data-property.ts";
import {
  answer,
  chatMessage,
  dataUrl,
  imagePart,
  takableMessage,
  textPart,
} from "./chat-messages.ts";
import { errorOf } from "./error-body.ts";
import { promptKernel, toolFunction } from "./kernel.ts";
import { asCount, asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import type { Provider, ProviderReading, ProviderRequest } from "./provider-reading.ts";
import { type Assembly, addText, startAssembly } from "./stream-reader.ts";

/**
 * Ollama's own chat and generate. It streams lines of JSON unless it is asked not to; each line
 * has the shape of a whole answer.
 *
 * @see https://github.com/ollama/ollama/blob/main/docs/api.md
 */
export const ollama: Provider = {
  path: /\/api\/(?:chat|generate)\/?$/,

  readRequest(url, value) {
    const body = asObject(value);
    if (body === undefined || asString(body.model) === undefined) return undefined;
    if (/chat\/?$/.test(url.pathname)) {
      return Array.isArray(body.messages) ? readRequest(body, "chat") : undefined;
    }
    return typeof body.prompt === "string" ? readRequest(body, "text_completion") : undefined;
  },

  readResponse,

  startStream: (firstChunk) =>
    isAnswer(firstChunk)
      ? startAssembly(new OllamaAssembly(), firstChunk, readResponse)
      : undefined,
};

/** Of the body, what has a place of its own; `context` is a conversation as numbers. */
const READ = [
  ...["model", "messages", "prompt", "system", "images", "stream", "options", "tools"],
  ...["format", "think", "context"],
];

/** Of the options, what the kernel has fields for. */
const OPTIONS = [
  ...["temperature", "top_p", "num_predict", "stop", "seed"],
  ...["presence_penalty", "frequency_penalty"],
];

function readRequest(body: Data, operation: "chat" | "text_completion"): ProviderRequest {
  const options = asObject(body.options) ?? {};
  const { temperature, top_p, stop, seed, presence_penalty, frequency_penalty } = options;
  const model = asString(body.model);
  return {
    operation,
    providerName: "ollama",
    model,
    kernel: promptKernel({
      model,
      providerName: "ollama",
      endpoint: operation === "chat" ? "chat" : "complete",
      parameters: {
        temperature,
        top_p,
        max_tokens: options.num_predict,
        stop,
        seed,
        presence_penalty,
        frequency_penalty,
        response_format: responseFormat(body.format),
        reasoning_effort: asString(body.think),
      },
      tools: asObjects(body.tools).flatMap((tool) => toolFunction(asObject(tool.function))),
      other: {
        ...without(body, READ),
        ...without(options, OPTIONS),
        think: typeof body.think === "boolean" ? body.think : undefined,
      },
    }),
    messages: operation === "chat" ? asObjects(body.messages).map(toMessage) : asMessages(body),
    isStream: body.stream !== false,
  };
}

function responseFormat(format: unknown): Data | undefined {
  if (format === "json") return { type: "json_object" };
  const schema = asObject(format);
  return schema && { type: "json_schema", json_schema: { schema } };
}

/** What is to be completed, as the messages that the server makes of it. */
function asMessages(body: Data): readonly Data[] {
  const system = asString(body.system);
  return [
    ...(system === undefined ? [] : [chatMessage("system", system)]),
    toMessage({ role: "user", content: body.prompt, images: body.images }),
  ];
}

function toMessage(message: Data): Data {
  const { images, thinking, tool_name: name, content, ...rest } = message;
  const pictures = Array.isArray(images)
    ? images.map((each) => imagePart(dataUrl("image/*", each)))
    : [];
  const parts = pictures.length > 0 ? [textPart(content ?? ""), ...pictures] : content;
  return takableMessage({ ...rest, content: parts, name, reasoning: asString(thinking) });
}

function isAnswer(value: unknown): boolean {
  const says =
    typeof dataProperty(value, "response") === "string" ||
    typeof dataProperty(dataProperty(value, "message"), "role") === "string";
  return says && typeof dataProperty(value, "done") === "boolean";
}

function readResponse(value: unknown): ProviderReading | undefined {
  if (!isAnswer(value)) return undefined;
  const response = asObject(value) as Data;
  const message = asObject(response.message);
  const { tool_calls } = takableMessage({ role: "assistant", tool_calls: message?.tool_calls });
  return {
    outputMessage: answer(asString(message?.content ?? response.response) ?? "", {
      reasoning: asString(message?.thinking ?? response.thinking),
      tool_calls: tool_calls as readonly Data[] | undefined,
    }),
    finishReason: asString(response.done_reason),
    responseModel: asString(response.model),
    promptTokens: asCount(response.prompt_eval_count),
    outputTokens: asCount(response.eval_count),
    error: errorOf(response),
  };
}

class OllamaAssembly implements Assembly {
  #last: Data = {};
  readonly #said: Record<string, unknown> = {};
  readonly #message: Record<string, unknown> = { role: "assistant" };
  readonly #calls: unknown[] = [];

  add(chunk: unknown): void {
    const line = asObject(chunk);
    if (line === undefined) return;
    this.#last = { ...this.#last, ...without(line) };
    const message = asObject(line.message);
    addText(this.#message, "content", message?.content);
    addText(this.#message, "thinking", message?.thinking);
    addText(this.#said, "response", line.response);
    addText(this.#said, "thinking", line.thinking);
    this.#calls.push(...asObjects(message?.tool_calls));
  }

  response(): unknown {
    const calls = this.#calls.length > 0 && { tool_calls: this.#calls };
    const isChat = this.#last.message !== undefined;
    return {
      ...this.#last,
      ...(isChat ? { message: { ...this.#message, ...calls } } : this.#said),
    };
  }
}
