import { countTokens, decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { textOf } from "./reply.mjs";

/** What OpenAI adds round each message, and before the reply. */
const TOKENS_PER_MESSAGE = 3;
const TOKENS_BEFORE_REPLY = 3;

/**
 * The usage of one request in OpenAI's shape, counted with the o200k tokenizer.
 *
 * @param {import("./reply.mjs").ChatRequest} request
 * @param {import("./reply.mjs").Reply} reply
 */
export function usageOf(request, reply) {
  const promptTokens =
    TOKENS_BEFORE_REPLY +
    request.messages.reduce((sum, message) => sum + tokensOfMessage(message), 0) +
    countTokens(request.tools ? JSON.stringify(request.tools) : "");
  const completionTokens = countTokens(reply.content ?? "") + tokensOfCalls(reply.toolCalls);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

/**
 * The text cut to `maxTokens` tokens, and whether something was cut.
 *
 * @param {string} text
 * @param {number | null | undefined} maxTokens
 */
export function cutToTokens(text, maxTokens) {
  const tokens = encode(text);
  if (maxTokens == null || tokens.length <= maxTokens) return { text, cut: false };
  return { text: decode(tokens.slice(0, maxTokens)), cut: true };
}

/** @param {import("./reply.mjs").Message} message */
function tokensOfMessage(message) {
  const calls = message.role === "assistant" ? (message.tool_calls ?? []) : [];
  const functions = calls.filter((call) => call.type === "function");
  const said = countTokens(message.role) + countTokens(textOf(message));
  return TOKENS_PER_MESSAGE + said + tokensOfCalls(functions);
}

/** @param {{ function: { name: string, arguments: string } }[]} calls */
function tokensOfCalls(calls) {
  const texts = calls.flatMap((call) => [call.function.name, call.function.arguments]);
  return texts.reduce((sum, text) => sum + countTokens(text), 0);
}
