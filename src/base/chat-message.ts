import { dataProperty, isObject } from "./data-property.ts";
import { type JsonText, toJsonText } from "./json-text.ts";

/**
 * True for a chat message as the Log API takes it. What only resembles one (a user with the role
 * `admin`, another provider's `parts`) has to stay among the inputs: a server refuses it here.
 */
export function isMessage(value: unknown): boolean {
  const role = dataProperty(value, "role");
  const content = dataProperty(value, "content");
  return (
    typeof role === "string" &&
    /^(?:user|assistant|system|tool|developer)$/.test(role) &&
    (content == null || typeof content === "string" || isListOf(content, isPart))
  );
}

/**
 * True for a list of such entries alone. `every` would run getters and pass over holes, of which
 * there may be a billion.
 */
export function isListOf(value: unknown, is: (entry: unknown) => boolean): boolean {
  try {
    if (!Array.isArray(value)) return false;
    for (let index = 0; index < value.length; index++) {
      if (!is(dataProperty(value, index))) return false;
    }
    return true;
  } catch {
    // A proxy that throws.
    return false;
  }
}

function isPart(part: unknown): boolean {
  return typeof dataProperty(part, "type") === "string";
}

function isToolCall(call: unknown): boolean {
  const name = dataProperty(dataProperty(call, "function"), "name");
  return dataProperty(call, "type") === "function" && typeof name === "string";
}

/** Whether a field, by its wire name, holds one message or a list of them. */
export function isMessages(wire: string): boolean {
  return wire === "messages" || wire === "output_message";
}

/**
 * Makes a message, or a list of them, one again after the cut. Where it went through a message
 * before its role, the role is put back. The marker at the end of a list is no message, no part of
 * one and no call of a tool.
 */
export function repairMessages(text: JsonText, uncut: unknown): JsonText {
  const repair = (cut: unknown, whole: unknown): unknown => {
    if (!isObject(cut)) return undefined;
    const message: Record<string, unknown> = { ...cut, role: dataProperty(whole, "role") };
    const { content, tool_calls: calls } = message;
    if (Array.isArray(content)) message.content = content.filter(isPart);
    if (calls) message.tool_calls = Array.isArray(calls) ? calls.filter(isToolCall) : undefined;
    return message;
  };
  const kept: unknown = JSON.parse(text);
  return toJsonText(
    Array.isArray(kept)
      ? kept.map((cut, index) => repair(cut, dataProperty(uncut, index))).filter(isMessage)
      : repair(kept, uncut),
  );
}
