import { dataProperty } from "../base/data-property.ts";
import { toolChoice } from "../base/tool-choice.ts";
import { answer, takableMessage, takableMessages } from "./chat-messages.ts";
import { CohereAssembly } from "./cohere-stream.ts";
import { errorOf } from "./error-body.ts";
import { promptKernel, toolFunction } from "./kernel.ts";
import { asCount, asObject, asObjects, asString, type Data, field, without } from "./own-data.ts";
import { providerOfHost } from "./provider-hosts.ts";
import type { Provider, ProviderReading, ProviderRequest } from "./provider-reading.ts";
import { startAssembly } from "./stream-reader.ts";

/**
 * Cohere's chat, version 2, on the wire and as its SDK gives it (the same names in camel case). The
 * plan before the tools is the message's `reasoning`.
 *
 * @see https://docs.cohere.com/reference/chat
 */
export const cohere: Provider = {
  path: /\/v2\/chat\/?$/,

  readRequest(url, value) {
    const body = asObject(value);
    return Array.isArray(body?.messages) ? readRequest(url, body) : undefined;
  },

  readResponse,

  startStream: (firstChunk) =>
    dataProperty(firstChunk, "type") === "message-start" &&
    asObject(dataProperty(firstChunk, "delta")) !== undefined
      ? startAssembly(new CohereAssembly(), firstChunk, readResponse)
      : undefined,
};

/** Of the body, what has a place of its own. */
const READ = [
  ...["model", "messages", "stream", "temperature", "p", "max_tokens", "stop_sequences", "seed"],
  ...["presence_penalty", "frequency_penalty", "response_format", "tools", "tool_choice"],
  // Of this call alone.
  "documents",
];

function readRequest(url: URL, body: Data): ProviderRequest {
  const providerName = providerOfHost(url) ?? "cohere";
  const model = asString(body.model);
  const { temperature, max_tokens, seed, presence_penalty, frequency_penalty } = body;
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
      tools: asObjects(body.tools).flatMap((tool) => toolFunction(asObject(tool.function))),
      other: without(body, READ),
    }),
    messages: takableMessages(body.messages),
    inputs: body.documents == null ? undefined : { documents: body.documents },
    toolChoice: toolChoice(body.tool_choice),
    isStream: body.stream === true,
  };
}

function readResponse(value: unknown): ProviderReading | undefined {
  const said = dataProperty(value, "message");
  if (dataProperty(said, "role") !== "assistant") return undefined;
  const response = asObject(value);
  const reason = field(response, "finishReason");
  if (response === undefined || typeof reason !== "string") return undefined;
  const message = asObject(said);
  const content = asObjects(message?.content);
  const thinking = content.map((part) => asString(part.thinking)).filter(Boolean);
  const { tool_calls } = takableMessage({
    role: "assistant",
    tool_calls: field(message, "toolCalls"),
  });
  return {
    outputMessage: answer(content.map((part) => asString(part.text) ?? "").join(""), {
      reasoning: [...thinking, asString(field(message, "toolPlan"))].filter(Boolean).join("\n\n"),
      tool_calls: tool_calls as readonly Data[] | undefined,
      annotations: asObjects(message?.citations),
    }),
    finishReason: asString(reason),
    responseModel: asString(response.model),
    responseId: asString(response.id),
    ...readCohereUsage(asObject(response.usage)),
    error: errorOf(response),
  };
}

/** All tokens that went through the model; those that are billed may be fewer. */
export function readCohereUsage(usage: Data | undefined): ProviderReading {
  const tokens = asObject(usage?.tokens) ?? asObject(field(usage, "billedUnits"));
  return {
    promptTokens: asCount(field(tokens, "inputTokens")),
    outputTokens: asCount(field(tokens, "outputTokens")),
    cachedTokens: asCount(field(usage, "cachedTokens")),
  };
}
