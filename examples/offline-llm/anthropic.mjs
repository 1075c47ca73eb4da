import { randomUUID } from "node:crypto";
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { replyTo } from "./reply.mjs";
import { usageOf } from "./usage.mjs";
import { MODEL, piecesOf } from "./wire.mjs";

/**
 * @typedef {import("@anthropic-ai/sdk/resources/messages").MessageCreateParams} MessagesRequest
 * @typedef {{ type: "thinking", thinking: string, signature: string } | { type: "text", text: string }
 *   | { type: "tool_use", id: string, name: string, input: unknown }} Block
 */

/**
 * The answer to `POST /v1/messages` in Anthropic's shape. With `thinking` enabled it says first where it will look.
 *
 * @param {MessagesRequest} request
 */
export function toAnthropicMessage(request) {
  const chat = toChatRequest(request);
  const reply = replyTo(chat);
  const { prompt_tokens, completion_tokens } = usageOf(chat, reply);
  const thinking =
    request.thinking?.type === "enabled"
      ? `I look for the answer in ${chat.messages.length} messages.`
      : "";
  /** @type {Block[]} */
  const content = [
    ...(thinking
      ? [{ type: /** @type {const} */ ("thinking"), thinking, signature: "b2ZmbGluZQ==" }]
      : []),
    ...(reply.content === null
      ? []
      : [{ type: /** @type {const} */ ("text"), text: reply.content }]),
    ...reply.toolCalls.map(({ id, function: called }) => ({
      type: /** @type {const} */ ("tool_use"),
      id,
      name: called.name,
      input: JSON.parse(called.arguments),
    })),
  ];
  return {
    id: `msg_${randomUUID()}`,
    type: "message",
    role: "assistant",
    model: MODEL,
    content,
    stop_reason: reply.toolCalls.length > 0 ? "tool_use" : "end_turn",
    stop_sequence: null,
    usage: {
      input_tokens: prompt_tokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: completion_tokens + countTokens(thinking),
    },
  };
}

/**
 * The same answer as the events of a stream.
 *
 * @param {MessagesRequest} request
 */
export function* toAnthropicEvents(request) {
  const { content, stop_reason, stop_sequence, usage, ...head } = toAnthropicMessage(request);
  const before = { ...usage, output_tokens: 1 };
  yield {
    type: "message_start",
    message: { ...head, content: [], stop_reason: null, stop_sequence, usage: before },
  };
  for (const [index, block] of content.entries()) {
    yield { type: "content_block_start", index, content_block: emptied(block) };
    for (const delta of deltasOf(block)) yield { type: "content_block_delta", index, delta };
    yield { type: "content_block_stop", index };
  }
  yield {
    type: "message_delta",
    delta: { stop_reason, stop_sequence },
    usage: { output_tokens: usage.output_tokens },
  };
  yield { type: "message_stop" };
}

/** @param {Block} block */
function emptied(block) {
  if (block.type === "thinking") return { ...block, thinking: "", signature: "" };
  return block.type === "text" ? { ...block, text: "" } : { ...block, input: {} };
}

/**
 * @param {Block} block
 * @returns {object[]}
 */
function deltasOf(block) {
  if (block.type === "text")
    return piecesOf(block.text).map((text) => ({ type: "text_delta", text }));
  if (block.type === "tool_use") {
    return [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }];
  }
  const thought = piecesOf(block.thinking).map((thinking) => ({
    type: "thinking_delta",
    thinking,
  }));
  return [...thought, { type: "signature_delta", signature: block.signature }];
}

/**
 * @param {MessagesRequest} request
 * @returns {import("./reply.mjs").ChatRequest}
 */
function toChatRequest({ model, system, messages, tools }) {
  const instructions = textOf(system ?? "");
  return {
    model,
    messages: [
      ...(instructions ? [{ role: /** @type {const} */ ("system"), content: instructions }] : []),
      ...messages.flatMap(toChatMessages),
    ],
    tools: tools
      ?.filter((tool) => "input_schema" in tool)
      .map((tool) => ({
        type: "function",
        function: {
          name: tool.name,
          description: tool.description ?? "",
          parameters: /** @type {Record<string, unknown>} */ (tool.input_schema),
        },
      })),
  };
}

/**
 * @param {MessagesRequest["messages"][number]} message
 * @returns {import("./reply.mjs").Message[]}
 */
function toChatMessages({ role, content }) {
  const blocks = typeof content === "string" ? [] : content;
  const results = blocks.filter((block) => block.type === "tool_result");
  if (results.length > 0) {
    return results.map((result) => ({
      role: "tool",
      tool_call_id: result.tool_use_id,
      content: textOf(result.content ?? ""),
    }));
  }
  return [{ role: role === "assistant" ? "assistant" : "user", content: textOf(content) }];
}

/** @param {string | readonly { type: string, text?: string }[]} content */
function textOf(content) {
  if (typeof content === "string") return content;
  return content.map((block) => block.text ?? "").join("\n");
}
