import { ATTR_OPERATION_NAME, ATTR_REQUEST_MODEL } from "../base/attributes.ts";
import { asStructure, asText } from "./attribute-values.ts";
import { type ChatMessage, chatMessages, contentMessages } from "./chat-messages.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { indexedEntries } from "./indexed-attributes.ts";
import { messagesOfEvents } from "./message-events.ts";
import { requestPayload } from "./request-payload.ts";
import { responsePayload } from "./response-payload.ts";
import { SpanAttributes } from "./span-attributes.ts";

type Fields = Readonly<Record<string, unknown>>;

/** OpenLLMetry's types of request. */
const REQUEST_TYPES: ReadonlyMap<
  string,
  Pick<DialectReading, "kind" | "operation" | "inference">
> = new Map([
  ["chat", { kind: "prompt", operation: "chat" }],
  ["completion", { kind: "prompt", operation: "text_completion" }],
  ["embedding", { kind: "tool", operation: "embeddings", inference: true }],
  ["rerank", { kind: "tool", operation: "rerank", inference: false }],
]);

/**
 * The forms that the GenAI conventions had before, and what was written by them: messages in
 * numbered attributes (OpenLLMetry), as one attribute of JSON, or as events, and spans that name no
 * operation.
 *
 * @see https://github.com/traceloop/openllmetry
 */
export const genAiOld: Dialect = {
  roots: ["gen_ai", "llm"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const events = messagesOfEvents(span);
    const content = readContent(attributes);
    const isSpoken = saysAnything(content) || (saysAnything(events) && attributes.has(...OF_CALLS));
    if (attributes.text(ATTR_OPERATION_NAME) === "execute_tool") return readTool(events);
    return {
      ...kindOf(attributes, isSpoken),
      name: attributes.has("gen_ai.tool.call.id") ? attributes.text("gen_ai.tool.name") : undefined,
      ...content,
      messages: content.messages ?? events.messages,
      outputMessage: content.outputMessage ?? events.outputMessage,
      finishReason: content.finishReason ?? events.finishReason,
      unreadable: attributes.unreadable,
    };
  },
};

/** Frameworks repeat a call's events on the spans round it, which say nothing else of a call. */
const OF_CALLS = [
  ATTR_REQUEST_MODEL,
  "gen_ai.provider.name",
  "gen_ai.response.model",
  "gen_ai.system",
  "gen_ai.usage.input_tokens",
] as const;

function saysAnything({ messages, outputMessage }: DialectReading): boolean {
  return messages !== undefined || outputMessage !== undefined;
}

/** A tool's arguments and its answer as the events of a conversation. */
function readTool({ messages, outputMessage }: DialectReading): DialectReading {
  return { inputs: asStructure(messages?.[0]?.content), output: outputMessage?.content };
}

/**
 * What the span is where it names no operation. A request's model with its provider makes it a
 * call; not so beside an agent's name, for agents' spans name the model that they use.
 */
function kindOf(attributes: SpanAttributes, hasMessages: boolean): DialectReading {
  if (attributes.has(ATTR_OPERATION_NAME)) return {};
  const type = attributes.text("llm.request.type");
  const known = type === undefined ? undefined : REQUEST_TYPES.get(type);
  if (known !== undefined) return known;
  if (attributes.has("gen_ai.tool.call.id")) {
    return { kind: "tool", inference: false, operation: "execute_tool" };
  }
  const isCall =
    attributes.has(ATTR_REQUEST_MODEL) &&
    attributes.has("gen_ai.system", "gen_ai.provider.name") &&
    !attributes.has("gen_ai.agent.name", "gen_ai.tool.name");
  const isSpoken = hasMessages && !attributes.has("gen_ai.agent.name");
  return isCall || isSpoken ? { kind: "prompt", operation: "chat" } : {};
}

function readContent(attributes: SpanAttributes): DialectReading {
  const input = numbered(attributes.all, "gen_ai.prompt", "llm.prompts");
  const output = numbered(attributes.all, "gen_ai.completion", "llm.completions");
  const completion = output.entries[0];
  if (input.messages !== undefined || output.messages !== undefined) {
    return {
      messages: input.messages,
      outputMessage: output.messages?.[0],
      finishReason: asText(completion?.finish_reason),
    };
  }
  // There they are what went into and came out of any kind of run.
  if (attributes.has("langsmith.span.kind")) return {};
  const given = attributes.json("gen_ai.prompt");
  const answered = attributes.json("gen_ai.completion");
  const { messages, inputs } =
    typeof given === "string"
      ? { messages: contentMessages("user", given), inputs: undefined }
      : requestPayload(given, true);
  return { messages, inputs, ...responsePayload(answered, true) };
}

/** `gen_ai.prompt.0.role`, `gen_ai.prompt.0.tool_calls.0.name` ... as messages. */
function numbered(
  attributes: Fields,
  ...prefixes: readonly string[]
): { readonly entries: readonly Fields[]; readonly messages: readonly ChatMessage[] | undefined } {
  for (const prefix of prefixes) {
    const entries = indexedEntries(attributes, prefix).filter(
      ({ role, content }) => role !== undefined || content !== undefined,
    );
    const messages = chatMessages(entries.map((entry) => messageOf(entry, prefix)));
    if (messages !== undefined) return { entries, messages };
  }
  return { entries: [], messages: undefined };
}

function messageOf(entry: Fields, prefix: string): unknown {
  const { content } = entry;
  // Anthropic's thinking stands before its message.
  if (entry.role === "thinking") return { type: "reasoning", content };
  const isAnswer = prefix.includes("completion");
  const calls = indexedEntries(entry, "tool_calls").map((call) => ({
    id: call.id,
    name: call.name ?? call["function.name"],
    arguments: call.arguments ?? call["function.arguments"],
  }));
  const called = asText(entry["function_call.name"]);
  if (called !== undefined) {
    calls.push({ id: "", name: called, arguments: entry["function_call.arguments"] });
  }
  return {
    role: asText(entry.role) ?? (isAnswer ? "assistant" : "user"),
    content,
    name: entry.name,
    tool_call_id: entry.tool_call_id,
    tool_calls: calls,
  };
}
