/** What one API answers: whole, and in the pieces of a stream, as its documentation has them. */
export interface WireAnswer {
  readonly whole: object;
  /** The text of each server-sent event. */
  readonly events: readonly string[];
}

const event = (data: object, name?: string): string =>
  `${name === undefined ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;

const COMPLETION = {
  id: "c1",
  object: "chat.completion",
  created: 1,
  model: "m-2",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};

const TOOL_CALL = {
  id: "call_1",
  type: "function",
  function: { name: "look", arguments: "{}" },
};

function chatEvent(choices: readonly object[], more: object = {}): string {
  return event({ id: "c1", object: "chat.completion.chunk", model: "m-2", choices, ...more });
}

/** @see https://platform.openai.com/docs/api-reference/chat */
export const CHAT_ANSWER: WireAnswer = {
  whole: COMPLETION,
  events: [
    chatEvent([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]),
    chatEvent([{ index: 0, delta: { content: "Hel" }, finish_reason: null }]),
    chatEvent([{ index: 0, delta: { content: "lo" }, finish_reason: null }]),
    chatEvent([{ index: 0, delta: {}, finish_reason: "stop" }]),
    chatEvent([], { usage: COMPLETION.usage }),
    "data: [DONE]\n\n",
  ],
};

/** The same API's answer that calls the tool `look`. */
export const CHAT_TOOL_CALL: WireAnswer = {
  whole: {
    ...COMPLETION,
    id: "c0",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: null, tool_calls: [TOOL_CALL] },
        finish_reason: "tool_calls",
      },
    ],
  },
  events: [
    chatEvent(
      [{ index: 0, delta: { role: "assistant", tool_calls: [{ index: 0, ...TOOL_CALL }] } }],
      { id: "c0" },
    ),
    chatEvent([{ index: 0, delta: {}, finish_reason: "tool_calls" }], { id: "c0" }),
    chatEvent([], { id: "c0", usage: COMPLETION.usage }),
    "data: [DONE]\n\n",
  ],
};

const OUTPUT_TEXT = { type: "output_text", text: "Hello", annotations: [] };
const OUTPUT_ITEM = {
  type: "message",
  id: "item1",
  status: "completed",
  role: "assistant",
  content: [OUTPUT_TEXT],
};
const RESPONSE = {
  id: "r1",
  object: "response",
  created_at: 1,
  model: "m-2",
  status: "completed",
  output: [OUTPUT_ITEM],
  usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
};

function responseEvents(): readonly string[] {
  const place = { item_id: "item1", output_index: 0, content_index: 0 };
  return [
    { type: "response.created", response: { ...RESPONSE, status: "in_progress", output: [] } },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { ...OUTPUT_ITEM, status: "in_progress", content: [] },
    },
    { type: "response.content_part.added", ...place, part: { ...OUTPUT_TEXT, text: "" } },
    { type: "response.output_text.delta", ...place, delta: "Hel" },
    { type: "response.output_text.delta", ...place, delta: "lo" },
    { type: "response.output_text.done", ...place, text: "Hello" },
    { type: "response.content_part.done", ...place, part: OUTPUT_TEXT },
    { type: "response.output_item.done", output_index: 0, item: OUTPUT_ITEM },
    { type: "response.completed", response: RESPONSE },
  ].map((data, at) => event({ ...data, sequence_number: at }, data.type));
}

/** @see https://platform.openai.com/docs/api-reference/responses */
export const RESPONSES_ANSWER: WireAnswer = { whole: RESPONSE, events: responseEvents() };

/** @see https://platform.openai.com/docs/api-reference/embeddings */
export const EMBEDDINGS_ANSWER: WireAnswer = {
  whole: {
    object: "list",
    model: "m-2",
    data: [{ object: "embedding", index: 0, embedding: [0.5, 0.25] }],
    usage: { prompt_tokens: 3, total_tokens: 3 },
  },
  events: [],
};

const MESSAGE = {
  id: "m1",
  type: "message",
  role: "assistant",
  model: "m-2",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
};

function messageEvents(): readonly string[] {
  const delta = (text: string) => ({
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text },
  });
  return [
    { type: "message_start", message: { ...MESSAGE, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    delta("Hel"),
    delta("lo"),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 2 },
    },
    { type: "message_stop" },
  ].map((data) => event(data, data.type));
}

/** @see https://platform.claude.com/docs/en/api/messages */
export const MESSAGES_ANSWER: WireAnswer = { whole: MESSAGE, events: messageEvents() };

function generated(text: string, finishReason?: string): object {
  return {
    candidates: [{ index: 0, content: { role: "model", parts: [{ text }] }, finishReason }],
    modelVersion: "m-2",
    responseId: "g1",
    usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 2, totalTokenCount: 5 },
  };
}

/** @see https://ai.google.dev/api/generate-content */
export const GENERATE_ANSWER: WireAnswer = {
  whole: generated("Hello", "STOP"),
  events: [event(generated("Hel")), event(generated("lo", "STOP"))],
};
