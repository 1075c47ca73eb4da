import type { JsonText } from "./json-text.ts";

/**
 * A list of chat messages, as JSON text, in OTel's GenAI form:
 * `[{ "role", "parts": [{ "type": "text", "content" }] }]`, for other backends.
 * `undefined` when the text holds no messages.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
export function toSemconvMessages(
  messages: JsonText | undefined,
  finishReason?: string,
): string | undefined {
  if (messages === undefined) return undefined;
  const parsed: unknown = JSON.parse(messages);
  const list = Array.isArray(parsed) ? parsed : [parsed];
  const converted = list.filter(isObject).map((message) => ({
    role: message.role,
    parts: toParts(message),
    ...(finishReason !== undefined && { finish_reason: finishReason }),
  }));
  return converted.length === 0 ? undefined : JSON.stringify(converted);
}

function toParts(message: Readonly<Record<string, unknown>>): unknown[] {
  if (message.role === "tool") {
    return [{ type: "tool_call_response", id: message.tool_call_id, response: message.content }];
  }
  const { content } = message;
  const parts: unknown[] = Array.isArray(content)
    ? content.map(toPart)
    : typeof content === "string" && content !== ""
      ? [{ type: "text", content }]
      : [];
  for (const call of Array.isArray(message.tool_calls) ? message.tool_calls : []) {
    if (isObject(call)) parts.push(toToolCall(call));
  }
  return parts;
}

function toPart(part: unknown): unknown {
  return isObject(part) && part.type === "text" ? { type: "text", content: part.text } : part;
}

function toToolCall(call: Readonly<Record<string, unknown>>): unknown {
  const called = isObject(call.function) ? call.function : {};
  return {
    type: "tool_call",
    id: call.id,
    name: called.name,
    arguments: readJson(called.arguments),
  };
}

/** Arguments come as JSON text; what is broken stays text. */
function readJson(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
