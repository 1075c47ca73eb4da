import { dataProperty } from "../base/data-property.ts";
import { answer, takableMessage } from "./chat-messages.ts";
import { errorOf } from "./error-body.ts";
import { readChatRequest } from "./openai-chat-request.ts";
import { asChatChunk, ChatAssembly, contentParts } from "./openai-chat-stream.ts";
import { readUsage } from "./openai-chat-usage.ts";
import { asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import type { Provider, ProviderReading } from "./provider-reading.ts";
import { startAssembly } from "./stream-reader.ts";

/**
 * OpenAI chat completions, and the many servers that speak the same wire: Azure, Groq, Together,
 * OpenRouter, Mistral, DeepSeek, vLLM, Ollama's `/v1` ...
 *
 * With `n` > 1 the first choice is the log's output.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
export const openaiChat: Provider = {
  path: /\/chat\/completions\/?$/,

  readRequest(url, value) {
    const body = asObject(value);
    return Array.isArray(body?.messages) ? readChatRequest(url, body) : undefined;
  },

  readResponse,

  startStream: (firstChunk) =>
    asChatChunk(firstChunk) && startAssembly(new ChatAssembly(), firstChunk, readResponse),
};

function readResponse(value: unknown): ProviderReading | undefined {
  const object = dataProperty(value, "object");
  if (object !== "chat.completion" && object !== undefined && object !== "") return undefined;
  // Asked for first: of a value that may be anything no copy is made.
  if (!Array.isArray(dataProperty(value, "choices"))) return undefined;
  const response = asObject(value) as Data;
  const choice = asObjects(response.choices).find((each) => (each.index ?? 0) === 0);
  const message = asObject(choice?.message);
  // Servers that leave out the object's name still answer with messages.
  if (object !== "chat.completion" && message === undefined) return undefined;
  const error = errorOf(response) ?? errorOf(choice);
  return {
    outputMessage: message && readMessage(message),
    finishReason: asString(choice?.finish_reason),
    responseModel: asString(response.model),
    responseId: asString(response.id),
    ...readUsage(response.usage),
    error,
  };
}

/** What servers send beside OpenAI's own fields is left out, but for the reasoning and pictures. */
function readMessage(message: Data): Data {
  const { content, refusal, annotations, images } = message;
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
    // OpenRouter's: pictures that the model made.
    images: Array.isArray(images) ? images : undefined,
  });
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
