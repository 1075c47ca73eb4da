import { isMessage } from "../base/chat-message.ts";
import { asList, asObject, asText } from "./attribute-values.ts";

/** A chat message in the shape of the Log API, which is OpenAI's. */
export type ChatMessage = Readonly<Record<string, unknown>> & { readonly role: string };

/**
 * Chat messages from `gen_ai.input.messages` or `gen_ai.output.messages`: `[{role, parts}]`.
 *
 * A tool's responses become messages of their own with the role `tool`. Messages that are in
 * OpenAI's shape already stay as they are.
 */
export function genAiMessages(value: unknown): readonly ChatMessage[] {
  return asList(value).flatMap(messageToChat).map(takable);
}

/** Words of other providers for who says it. */
const ROLES: Readonly<Record<string, string>> = {
  ai: "assistant",
  bot: "assistant",
  function: "tool",
  human: "user",
  model: "assistant",
};

/**
 * As a server takes it, who would refuse the whole log for one message: what has another form
 * becomes JSON text, and what is no call of a tool is left out.
 */
function takable(message: ChatMessage): ChatMessage {
  const { role, content, tool_calls: calls, name, tool_call_id: callId, ...rest } = message;
  const taken: ChatMessage = {
    ...rest,
    role: ROLES[role] ?? role,
    content: Array.isArray(content) ? content.map(takablePart) : asOptionalText(content),
    name: asOptionalText(name),
    tool_call_id: asOptionalText(callId),
    tool_calls: calls == null ? undefined : asList(calls).flatMap(takableCall),
  };
  return isMessage(taken) ? taken : { ...taken, role: "user" };
}

function asOptionalText(value: unknown): unknown {
  return value == null ? value : asJson(value);
}

function takablePart(value: unknown): unknown {
  const part = asObject(value);
  if (typeof part?.type !== "string") return { type: "text", text: asJson(value) };
  const { text, image_url: image, ...rest } = part;
  return {
    ...rest,
    text: asOptionalText(text),
    image_url: image == null ? image : (asObject(image) ?? { url: image }),
  };
}

/** OpenAI's shape, else `{ name, arguments }` or `{ name, args }`. */
function takableCall(value: unknown): readonly unknown[] {
  const call = asObject(value);
  const called = asObject(call?.function) ?? call;
  if (call === undefined || asText(called?.name) === undefined) return [];
  return [toolCall({ ...called, arguments: called?.arguments ?? called?.args, id: call.id })];
}

/** The system message from `gen_ai.system_instructions`: parts, or a text. None when empty. */
export function systemMessage(value: unknown): readonly ChatMessage[] {
  const parts = typeof value === "string" ? [{ type: "text", content: value }] : asList(value);
  const content = partsToContent(parts);
  return content === null || content === "" ? [] : [{ role: "system", content }];
}

function messageToChat(value: unknown): readonly ChatMessage[] {
  const message = asObject(value);
  if (message === undefined) return [];
  const role = asText(message.role) ?? "user";
  // Some writers give a text, or OpenAI's own shape, under the name of the new one.
  if (!Array.isArray(message.parts)) return [{ ...message, role }];

  const parts = message.parts.map(asObject).filter((part) => part !== undefined);
  const responses = parts.filter((part) => part.type === "tool_call_response");
  const calls = parts.filter((part) => part.type === "tool_call");
  const reasoning = parts.filter((part) => part.type === "reasoning");
  const others = parts.filter((part) => !SIDE_PARTS.has(part.type));

  const answers = responses.map((part) => toolAnswer(part));
  if (others.length === 0 && calls.length === 0 && answers.length > 0) return answers;
  const chat: ChatMessage = {
    role,
    content: partsToContent(others),
    ...(asText(message.name) !== undefined && { name: message.name }),
    ...(calls.length > 0 && { tool_calls: calls.map(toolCall) }),
    ...(reasoning.length > 0 && { reasoning: reasoning.map((part) => part.content).join("\n") }),
  };
  return [chat, ...answers];
}

/** Parts that are no content of the message itself. */
const SIDE_PARTS: ReadonlySet<unknown> = new Set(["tool_call", "tool_call_response", "reasoning"]);

/** A text where all parts are text, a list of content parts where not, `null` for none. */
function partsToContent(parts: readonly unknown[]): unknown {
  if (parts.length === 0) return null;
  const texts = parts.map(partText);
  return texts.every((text) => text !== undefined) ? texts.join("\n") : parts.map(contentPart);
}

function partText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const part = asObject(value);
  if (part?.type !== "text") return undefined;
  return typeof part.content === "string" ? part.content : asText(part.text);
}

/** Text and images in OpenAI's shape; any other part as it came. */
function contentPart(value: unknown): unknown {
  const text = partText(value);
  if (text !== undefined) return { type: "text", text };
  const part = asObject(value);
  const isImage = part?.modality === "image";
  if (part?.type === "uri" && isImage) return imagePart(part.uri);
  if (part?.type === "blob" && isImage) {
    return imagePart(`data:${asText(part.mime_type) ?? "image/png"};base64,${part.content}`);
  }
  return value;
}

function imagePart(url: unknown): unknown {
  return { type: "image_url", image_url: { url } };
}

function toolCall(part: Readonly<Record<string, unknown>>): unknown {
  return {
    id: asText(part.id) ?? "",
    type: "function",
    function: { name: asText(part.name) ?? "", arguments: asJson(part.arguments ?? {}) },
  };
}

function toolAnswer(part: Readonly<Record<string, unknown>>): ChatMessage {
  // Older writers call it `result`.
  const response = part.response ?? part.result ?? "";
  return { role: "tool", tool_call_id: asText(part.id) ?? "", content: asJson(response) };
}

/** A string as it is; anything else as its JSON text. */
function asJson(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
