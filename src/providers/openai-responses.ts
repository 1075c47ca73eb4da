import { dataProperty } from "../base/data-property.ts";
import { answer, toolCall } from "./chat-messages.ts";
import { errorOf } from "./error-body.ts";
import { readResponsesRequest, thoughts } from "./openai-responses-request.ts";
import { isResponsesEvent, ResponsesAssembly } from "./openai-responses-stream.ts";
import { asCount, asObject, asObjects, asString, type Data, without } from "./own-data.ts";
import type { Provider, ProviderReading } from "./provider-reading.ts";
import { startAssembly } from "./stream-reader.ts";

/**
 * OpenAI responses. What the model calls itself (`function_call`, `custom_tool_call`) are the
 * message's tool calls; what OpenAI runs (web search, MCP, code ...) its `server_tool_calls`.
 *
 * @see https://platform.openai.com/docs/api-reference/responses
 */
export const openaiResponses: Provider = {
  path: /\/responses\/?$/,

  readRequest(url, value) {
    const body = asObject(value);
    const isAsked = body?.input !== undefined || body?.prompt !== undefined;
    return isAsked ? readResponsesRequest(url, body as Data) : undefined;
  },

  readResponse,

  startStream: (firstChunk) =>
    isResponsesEvent(firstChunk)
      ? startAssembly(new ResponsesAssembly(), firstChunk, readResponse)
      : undefined,
};

function readResponse(value: unknown): ProviderReading | undefined {
  if (dataProperty(value, "object") !== "response") return undefined;
  const response = asObject(value);
  if (!Array.isArray(response?.output)) return undefined;
  const items = asObjects(response.output);
  const error = errorOf(response);
  return {
    outputMessage: answer(textOf(items, "text"), {
      refusal: textOf(items, "refusal"),
      reasoning: items
        .filter(({ type }) => type === "reasoning")
        .map(thoughts)
        .join("\n\n"),
      tool_calls: items.flatMap(calledTool),
      server_tool_calls: items.filter(isHosted).map(hostedCall),
      annotations: parts(items).flatMap(({ annotations }) => asObjects(annotations)),
    }),
    finishReason: whyEnded(response),
    responseModel: asString(response.model),
    responseId: asString(response.id),
    ...readUsage(response.usage),
    error,
  };
}

function parts(items: readonly Data[]): readonly Data[] {
  return items
    .filter(({ type }) => type === "message")
    .flatMap(({ content }) => asObjects(content));
}

function textOf(items: readonly Data[], key: "text" | "refusal"): string {
  return parts(items)
    .map((part) => asString(part[key]) ?? "")
    .join("");
}

function calledTool(item: Data): readonly Data[] {
  if (item.type === "function_call") return [toolCall(item.call_id, item.name, item.arguments)];
  if (item.type === "custom_tool_call") return [toolCall(item.call_id, item.name, item.input)];
  return [];
}

/** Neither said nor called by the model, nor a list of what it could call. */
const OTHER_ITEMS: ReadonlySet<unknown> = new Set([
  ...["message", "reasoning", "function_call", "custom_tool_call"],
  ...["mcp_list_tools", "tool_search_output", "compaction"],
]);

function isHosted({ type }: Data): boolean {
  return !OTHER_ITEMS.has(type);
}

/** As it came, but for what only OpenAI can read, and for pictures. */
function hostedCall(item: Data): Data {
  const call = without(item, ["encrypted_content", "fingerprint"]);
  const isPicture = item.type === "image_generation_call" && typeof item.result === "string";
  return isPicture ? { ...call, result: `[base64: ${(item.result as string).length}]` } : call;
}

/** The API has a status in its place; one that goes on has not ended. */
function whyEnded({ status }: Data): string | undefined {
  return status === "in_progress" || status === "queued" ? undefined : asString(status);
}

function readUsage(value: unknown): ProviderReading {
  const usage = asObject(value);
  if (usage === undefined) return {};
  const input = asObject(usage.input_tokens_details);
  return {
    promptTokens: asCount(usage.input_tokens),
    outputTokens: asCount(usage.output_tokens),
    cachedTokens: asCount(input?.cached_tokens),
    cacheWriteTokens: asCount(input?.cache_write_tokens),
    reasoningTokens: asCount(asObject(usage.output_tokens_details)?.reasoning_tokens),
    cost: asCount(usage.cost),
  };
}
