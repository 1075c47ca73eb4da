import { isMessage } from "../base/chat-message.ts";
import { isObject } from "../base/data-property.ts";
import { asObject, asObjects, asString, type Data, without } from "./own-data.ts";

/** Words for who says it that are not OpenAI's present ones. */
const ROLES: Readonly<Record<string, string>> = {
  chatbot: "assistant",
  function: "tool",
  model: "assistant",
};

/**
 * Messages in OpenAI's shape as a Log API takes them: of other forms JSON text is made, and what is
 * no message at all is left out.
 */
export function takableMessages(value: unknown): readonly Data[] {
  return asObjects(value).map(takableMessage);
}

/** One message, see `takableMessages`. */
export function takableMessage(message: Data): Data {
  const { role, content, name, tool_call_id: callId, tool_calls: calls, ...rest } = message;
  const word = asString(role)?.toLowerCase() ?? "user";
  const taken: Data = {
    role: ROLES[word] ?? word,
    content: Array.isArray(content) ? content.map(takablePart) : asText(content ?? null),
    ...without({ ...rest, name: textOf(name), tool_call_id: textOf(callId) }),
    ...(Array.isArray(calls) && { tool_calls: asObjects(calls).flatMap(takableCall) }),
  };
  return isMessage(taken) ? taken : { ...taken, role: "user" };
}

/** A message, without the fields that hold nothing. `content` is `null` where there is none. */
export function chatMessage(role: string, content: unknown, more: Data = {}): Data {
  return { role, content: content ?? null, ...without(more) };
}

/**
 * What a model answers. Texts are joined, and a list that is empty or a text that is empty says
 * nothing; with anything but text among the parts, the parts stay apart.
 */
export function answer(
  said: string | readonly Data[],
  more: {
    readonly refusal?: string;
    readonly reasoning?: string;
    readonly tool_calls?: readonly Data[];
    /** Calls of tools that the provider ran itself, with what they gave. */
    readonly server_tool_calls?: readonly Data[];
    readonly annotations?: readonly unknown[];
    readonly [key: string]: unknown;
  } = {},
): Data {
  const isText = typeof said === "string" || said.every(({ type }) => type === "text");
  const content = !isText || typeof said === "string" ? said : contentText(said);
  const fields = Object.fromEntries(
    Object.entries(more).filter(([, value]) => value !== "" && !isEmptyList(value)),
  );
  const isSilent = content === "" && (fields.tool_calls ?? fields.refusal) != null;
  return chatMessage("assistant", isSilent ? null : content, fields);
}

/** A call of a tool. */
export function toolCall(id: unknown, name: unknown, given: unknown): Data {
  const called = { name: asString(name) ?? "", arguments: asText(given) ?? "" };
  return { id: asString(id) ?? "", type: "function", function: called };
}

/** What a tool gave, as the message that tells the model. */
export function toolAnswer(id: unknown, content: unknown, more: Data = {}): Data {
  return chatMessage("tool", content, { tool_call_id: asString(id) ?? "", ...more });
}

/** A picture by its URL or, as a data URL, by its bytes in base64. */
export function imagePart(url: unknown): Data {
  return { type: "image_url", image_url: { url: asText(url) ?? "" } };
}

/** The URL of base64 data. The data itself is not copied. */
export function dataUrl(mediaType: unknown, base64: unknown): string {
  return `data:${asString(mediaType) ?? "application/octet-stream"};base64,${asString(base64) ?? ""}`;
}

/** A text part. */
export function textPart(text: unknown): Data {
  return { type: "text", text: asText(text) ?? "" };
}

/** One text part as its text, several parts as their list, none as `null`. */
export function contentOf(parts: readonly Data[]): unknown {
  if (parts.length === 0) return null;
  const [only] = parts;
  return parts.length === 1 && only?.type === "text" ? only.text : parts;
}

/** The text of all text parts together. */
function contentText(parts: readonly Data[]): string {
  return parts.map(({ type, text }) => (type === "text" ? (asString(text) ?? "") : "")).join("");
}

/** A string as it is, `null` as it is, anything else as its JSON text. */
export function asText(value: unknown): string | null {
  if (typeof value === "string" || value === null) return value;
  return JSON.stringify(value) ?? null;
}

/** The arguments of a call that came as a value. */
export function argumentsText(value: unknown): string {
  return asText(value ?? {}) ?? "{}";
}

function textOf(value: unknown): string | undefined {
  return value == null ? undefined : (asText(value) ?? undefined);
}

function takablePart(value: unknown): unknown {
  const part = asObject(value);
  if (part === undefined || asString(part.type) === undefined) return textPart(value);
  const { text, image_url: image, ...rest } = part;
  return without({
    ...rest,
    text: textOf(text),
    image_url: image == null || isObject(image) ? asObject(image) : { url: image },
  });
}

/** A custom tool's call has text in place of arguments. */
function takableCall(call: Data): readonly Data[] {
  const called = asObject(call.function) ?? asObject(call.custom);
  if (asString(called?.name) === undefined) return [];
  return [toolCall(call.id, called?.name, called?.arguments ?? called?.input ?? "")];
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
