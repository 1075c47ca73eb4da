import { asObject, asText } from "./attribute-values.ts";
import { type ChatMessage, chatMessages } from "./chat-messages.ts";
import { flatten, indexedEntries } from "./indexed-attributes.ts";
import type { SpanAttributes } from "./span-attributes.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Messages in OpenInference's flattened attributes, `llm.input_messages.0.message.role` and so on;
 * `undefined` for none. Some writers give the list as one attribute of JSON instead.
 *
 * @see https://github.com/Arize-ai/openinference/blob/main/spec/llm_spans.md
 */
export function flatMessages(
  attributes: SpanAttributes,
  prefix: string,
): readonly ChatMessage[] | undefined {
  const entries = flatList(attributes, prefix);
  const messages = chatMessages(entries.map(messageOf));
  if (messages === undefined && entries.length > 0) attributes.note(prefix);
  return messages;
}

/** The entries of a flattened list, each with dotted names. */
export function flatList(attributes: SpanAttributes, prefix: string): readonly Fields[] {
  const entries = indexedEntries(attributes.all, prefix);
  if (entries.length > 0) return entries;
  const given = attributes.json(prefix);
  return Array.isArray(given) ? given.map(flatten) : [];
}

function messageOf(entry: Fields): unknown {
  const said = (name: string): unknown => entry[`message.${name}`] ?? entry[name];
  const calls = indexedEntries(entry, "message.tool_calls").map((call) => ({
    id: call["tool_call.id"],
    name: call["tool_call.function.name"],
    arguments: call["tool_call.function.arguments"],
  }));
  const called = asText(said("function_call_name"));
  if (called !== undefined) {
    calls.push({ id: "", name: called, arguments: said("function_call_arguments_json") });
  }
  const contents = indexedEntries(entry, "message.contents").map(partOf);
  return {
    role: said("role") ?? "assistant",
    // Writers of both repeat the same text.
    content: contents.length > 0 ? contents : said("content"),
    name: said("name"),
    tool_call_id: said("tool_call_id"),
    tool_calls: calls,
  };
}

/** One part of a message; a kind that is not known keeps its fields. */
function partOf(entry: Fields): unknown {
  const said = (name: string): unknown => entry[`message_content.${name}`] ?? entry[name];
  const url = said("image.image.url") ?? said("image.url");
  if (url !== undefined) return { type: "image_url", image_url: { url } };
  const name = said("tool_call.tool_call.function.name") ?? said("tool_call.function.name");
  if (name !== undefined) {
    const given =
      said("tool_call.tool_call.function.arguments") ?? said("tool_call.function.arguments");
    const id = said("tool_call.tool_call.id") ?? said("tool_call.id") ?? said("id");
    return { type: "tool_use", id, name, input: given };
  }
  const type = asText(said("type")) ?? "text";
  if (type === "text" || type === "reasoning") return { type, text: said("text") ?? "" };
  const fields = Object.entries(entry).map(
    ([key, value]) => [key.replace(/^message_content\./, ""), value] as const,
  );
  return { ...asObject(Object.fromEntries(fields)), type };
}
