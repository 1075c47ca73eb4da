import { asList, asObject, asStructure, asText } from "./attribute-values.ts";
import { type ChatMessage, chatMessage, chatMessages, contentMessages } from "./chat-messages.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { jsonText } from "./json-of.ts";
import type { SpanAttributes } from "./span-attributes.ts";

/**
 * What went in: `ai.prompt.messages` of a call, or `ai.prompt` of the function round it, which holds what its caller
 * gave: `{ system, prompt, messages }`. What is no messages is the inputs.
 */
export function aiSdkPrompt(attributes: SpanAttributes): DialectReading {
  const sent = attributes.json("ai.prompt.messages");
  const given = sent ?? attributes.json("ai.prompt");
  if (given === undefined) return {};
  const messages = chatMessages(given) ?? messagesOf(given);
  if (messages !== undefined) return { messages };
  if (sent !== undefined && typeof sent !== "string") attributes.note("ai.prompt.messages");
  return { inputs: asObject(given) ?? { prompt: given } };
}

function messagesOf(value: unknown): readonly ChatMessage[] | undefined {
  const given = asObject(value);
  if (given === undefined) return undefined;
  const { system = given.instructions, prompt, messages } = given;
  const all = [
    // A text, a message, or a list of either.
    ...[system]
      .flat()
      .flatMap((each) => contentMessages("system", asObject(each)?.content ?? each)),
    ...(chatMessages(prompt) ?? contentMessages("user", prompt)),
    ...(chatMessages(messages) ?? []),
  ];
  return all.length > 0 ? all : undefined;
}

/** What came out: text, reasoning, calls of tools and files as one message, or the object that was asked for. */
export function aiSdkAnswer(attributes: SpanAttributes): DialectReading {
  const object = attributes.json("ai.response.object");
  const text = attributes.text("ai.response.text");
  const calls = attributes.json("ai.response.toolCalls");
  const reasoning = attributes.text("ai.response.reasoning");
  const parts = [
    ...(reasoning === undefined ? [] : [{ type: "reasoning", text: reasoning }]),
    ...(text === undefined ? [] : [{ type: "text", text }]),
    ...asList(attributes.json("ai.response.files")).map(filePart),
    ...asList(calls).map((call) => ({ type: "tool-call", ...asObject(call) })),
  ];
  if (object !== undefined) {
    const content = { type: "text", text: jsonText(object) };
    return { ...answer([...parts, content]), ...finish(attributes) };
  }
  // Calls that were cut: the text that is left of them is kept.
  const output = typeof calls === "string" ? calls : undefined;
  return { ...(parts.length > 0 ? answer(parts) : { output }), ...finish(attributes) };
}

function answer(parts: readonly unknown[]): DialectReading {
  return { outputMessage: chatMessage({ role: "assistant", content: parts }) };
}

function finish(attributes: SpanAttributes): DialectReading {
  return { finishReason: attributes.text("ai.response.finishReason") };
}

/** `{ type: "file", mediaType, base64 }`, where `mimeType` is version 4's. */
function filePart(value: unknown): unknown {
  const {
    mediaType,
    mimeType = mediaType,
    base64,
    data = base64,
  } = asObject(asStructure(value)) ?? {};
  return { type: "file", mediaType: mimeType, data };
}

/** In OpenAI's words: `auto`, `none`, `required`, or the function. */
export function aiSdkToolChoice(attributes: SpanAttributes): unknown {
  const choice = asObject(attributes.json("ai.prompt.toolChoice"));
  const name = asText(choice?.toolName);
  if (choice?.type === "tool" && name !== undefined)
    return { type: "function", function: { name } };
  return asText(choice?.type);
}
