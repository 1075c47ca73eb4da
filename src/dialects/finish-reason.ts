/**
 * Other words for why an answer ended, by OpenAI's: `stop`, `length`, `tool_calls`,
 * `content_filter`, and the older `function_call`.
 *
 * Bare numbers are Gemini's, where a client asked for `enum-encoding=int`.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/object
 * @see https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons
 * @see https://ai.google.dev/api/generate-content#FinishReason
 * @see https://docs.cohere.com/reference/chat
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  "1": "stop",
  "2": "length",
  "3": "content_filter",
  "4": "content_filter",
  BLOCKLIST: "content_filter",
  COMPLETE: "stop",
  CONTENT_FILTER: "content_filter",
  ContentFilter: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
  IMAGE_SAFETY: "content_filter",
  LENGTH: "length",
  Length: "length",
  MAX_TOKENS: "length",
  PROHIBITED_CONTENT: "content_filter",
  RECITATION: "content_filter",
  SAFETY: "content_filter",
  SPII: "content_filter",
  STOP: "stop",
  STOP_SEQUENCE: "stop",
  Stop: "stop",
  TOOL_CALL: "tool_calls",
  TOOL_CALLS: "tool_calls",
  ToolCalls: "tool_calls",
  completed: "stop",
  content_filtered: "content_filter",
  "content-filter": "content_filter",
  end_turn: "stop",
  eos: "stop",
  guardrail_intervened: "content_filter",
  max_output_tokens: "length",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  model_length: "length",
  refusal: "content_filter",
  stop_sequence: "stop",
  "tool-calls": "tool_calls",
  tool_call: "tool_calls",
  tool_use: "tool_calls",
};

/** OpenAI's word for why an answer ended. A word that it has none for stays as it is. */
export function finishReason(given: string): string {
  // Python's name of an enumeration's member; of several answers' reasons the first.
  const word = /^FinishReason\.(\w+)/.exec(given)?.[1] ?? given;
  return Object.hasOwn(FINISH_REASONS, word) ? (FINISH_REASONS[word] as string) : word;
}
