import { dataProperty } from "../base/data-property.ts";
import { answer, argumentsText, chatMessage, takableMessage, toolCall } from "./chat-messages.ts";
import { readCohereUsage } from "./cohere.ts";
import { errorOf } from "./error-body.ts";
import { promptKernel, toolFunction } from "./kernel.ts";
import { asObject, asObjects, asString, type Data, field, without } from "./own-data.ts";
import { providerOfHost } from "./provider-hosts.ts";
import type { Provider, ProviderReading, ProviderRequest } from "./provider-reading.ts";
import { type Assembly, addText, startAssembly } from "./stream-reader.ts";

/**
 * Cohere's chat, version 1, on the wire and as its SDK gives it (the same names in camel case). A
 * stream's last event holds the whole answer.
 *
 * @see https://docs.cohere.com/v1/reference/chat
 */
export const cohereV1: Provider = {
  path: /\/v1\/chat\/?$/,

  readRequest(url, value) {
    const body = asObject(value);
    // Any service may have a chat at such a path: few ask it for a model.
    const isOwn = typeof body?.message === "string" && asString(body.model) !== undefined;
    return isOwn ? readRequest(url, body as Data) : undefined;
  },

  readResponse,

  startStream: (firstChunk) =>
    eventOf(firstChunk) === "stream-start"
      ? startAssembly(new CohereV1Assembly(), firstChunk, readResponse)
      : undefined,
};

/** Of the body, what has a place of its own; documents are this call's alone. */
const READ = [
  ...["model", "message", "chat_history", "preamble", "stream", "temperature", "p", "max_tokens"],
  ...[
    "stop_sequences",
    "seed",
    "presence_penalty",
    "frequency_penalty",
    "response_format",
    "tools",
  ],
  ...["tool_results", "documents", "conversation_id"],
];

function readRequest(url: URL, body: Data): ProviderRequest {
  const providerName = providerOfHost(url) ?? "cohere";
  const model = asString(body.model);
  const { temperature, max_tokens, seed, presence_penalty, frequency_penalty } = body;
  const preamble = asString(body.preamble);
  return {
    operation: "chat",
    providerName,
    model,
    kernel: promptKernel({
      model,
      providerName,
      parameters: {
        temperature,
        top_p: body.p,
        max_tokens,
        stop: body.stop_sequences,
        seed,
        presence_penalty,
        frequency_penalty,
        response_format: body.response_format,
      },
      tools: asObjects(body.tools).flatMap((tool) =>
        toolFunction(tool, { type: "object", properties: asObject(tool.parameter_definitions) }),
      ),
      other: without(body, READ),
    }),
    messages: [
      ...(preamble === undefined ? [] : [chatMessage("system", preamble)]),
      ...asObjects(body.chat_history).map(toMessage),
      chatMessage("user", body.message),
      ...asObjects(body.tool_results).map((result) => toMessage({ role: "tool", ...result })),
    ],
    inputs: body.documents == null ? undefined : { documents: body.documents },
    isStream: body.stream === true,
  };
}

function toMessage({ role, message, tool_calls, ...rest }: Data): Data {
  const calls = toolCalls(tool_calls);
  return takableMessage({
    ...without(rest, ["user_id"]),
    role,
    content: message,
    ...(calls.length > 0 && { tool_calls: calls }),
  });
}

/** Calls have no ids. */
function toolCalls(value: unknown): readonly Data[] {
  return asObjects(value).map((call) =>
    toolCall(undefined, call.name, argumentsText(call.parameters)),
  );
}

function eventOf(chunk: unknown): unknown {
  return dataProperty(chunk, "event_type") ?? dataProperty(chunk, "eventType");
}

function readResponse(value: unknown): ProviderReading | undefined {
  if (typeof dataProperty(value, "text") !== "string") return undefined;
  const response = asObject(value);
  const reason = field(response, "finishReason");
  const id = asString(field(response, "generationId"));
  if (response === undefined || typeof reason !== "string" || id === undefined) return undefined;
  return {
    outputMessage: answer(asString(response.text) ?? "", {
      tool_calls: toolCalls(field(response, "toolCalls")),
      annotations: asObjects(response.citations),
    }),
    finishReason: asString(reason),
    responseId: asString(field(response, "responseId")) ?? id,
    ...readCohereUsage(asObject(response.meta)),
    error: errorOf(response),
  };
}

class CohereV1Assembly implements Assembly {
  #start: Data = {};
  readonly #said: Record<string, unknown> = { text: "" };
  #end: Data | undefined;

  add(chunk: unknown): void {
    const event = asObject(chunk);
    if (event === undefined) return;
    const type = eventOf(event);
    if (type === "stream-start") this.#start = event;
    else if (type === "text-generation") addText(this.#said, "text", event.text);
    else if (type === "stream-end") this.#end = asObject(event.response);
  }

  response(): unknown {
    // None yet, where the stream was cut.
    const begun = { generation_id: field(this.#start, "generationId"), finish_reason: "" };
    return this.#end ?? { ...this.#said, ...begun };
  }
}
