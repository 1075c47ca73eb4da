import { ATTR_INPUT_MESSAGES, ATTR_OUTPUT_MESSAGES } from "./attributes.ts";
import type { JsonText } from "./json-text.ts";
import type { RecordedLog } from "./shared-state.ts";

/**
 * A log's messages in OTel's GenAI form, for other backends:
 * `[{ "role", "parts": [{ "type": "text", "content" }] }]` as JSON text.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/
 */
export function semconvMessageAttributes({ fields }: RecordedLog): Record<string, string> {
  const attributes: Record<string, string> = {};
  const { messages, output_message: output, finish_reason: reason } = fields;
  if (messages !== undefined) attributes[ATTR_INPUT_MESSAGES] = convert(messages, {});
  if (output !== undefined) {
    const more = reason === undefined ? {} : { finish_reason: JSON.parse(reason) as unknown };
    attributes[ATTR_OUTPUT_MESSAGES] = convert(output, more);
  }
  return attributes;
}

function convert(messages: JsonText, more: object): string {
  const parsed: unknown = JSON.parse(messages);
  const list = (Array.isArray(parsed) ? parsed : [parsed]).filter(isObject);
  return JSON.stringify(list.map((each) => ({ role: each.role, parts: toParts(each), ...more })));
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
