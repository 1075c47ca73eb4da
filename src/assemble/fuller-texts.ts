import type { JsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import { objectOf } from "./object-text.ts";

/**
 * Of two readings of one call, what the outer one tells better than the inner: the conversation
 * where it has more messages, the answer where it alone calls tools. Some instrumentations put a
 * conversation into one text, and have no answer but its text.
 */
export function fullerTexts(
  { fields: outer }: SpanReading,
  { fields: inner }: SpanReading,
): Readonly<Record<string, JsonText>> {
  const fuller: Record<string, JsonText> = {};
  const { messages, output_message: answer, output } = outer;
  if (messages !== undefined && countOf(messages) > countOf(inner.messages)) {
    fuller.messages = messages;
  }
  if (answer !== undefined && callsTools(answer) && !callsTools(inner.output_message)) {
    fuller.output_message = answer;
    if (output !== undefined) fuller.output = output;
  }
  return fuller;
}

function countOf(messages: JsonText | undefined): number {
  return messages?.startsWith("[") ? (JSON.parse(messages) as unknown[]).length : 0;
}

function callsTools(message: JsonText | undefined): boolean {
  const calls = objectOf(message)?.tool_calls;
  return Array.isArray(calls) && calls.length > 0;
}
