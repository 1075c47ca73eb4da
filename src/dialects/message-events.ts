import type { LogEvent, SpanEvent, SpanView } from "../base/span-view.ts";
import { asList, asNumber, asObject, asStructure, asText } from "./attribute-values.ts";
import { type ChatMessage, chatMessage, contentMessages } from "./chat-messages.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { keyedParts } from "./message-parts.ts";

/**
 * A call's messages from events on its span, or from log records that were joined to it.
 *
 * Read are `gen_ai.user.message` and its kind, `gen_ai.choice`, and the older
 * `gen_ai.content.prompt` and `gen_ai.content.completion`.
 *
 * @see https://github.com/open-telemetry/semantic-conventions/blob/v1.36.0/docs/gen-ai/gen-ai-events.md
 */
export function messagesOfEvents(span: SpanView): DialectReading {
  const messages: ChatMessage[] = [];
  const choices: Choice[] = [];
  for (const event of [...span.events, ...(span.logEvents ?? [])]) {
    const [, role] = /^gen_ai\.(system|user|assistant|tool)\.message$/.exec(event.name) ?? [];
    if (role !== undefined) messages.push(...messageOf(role, event));
    else if (event.name === "gen_ai.choice") choices.push(choiceOf(event));
    else if (event.name === "gen_ai.content.prompt")
      messages.push(...contentOf(event, "gen_ai.prompt"));
    else if (event.name === "gen_ai.content.completion") {
      const [message] = contentOf(event, "gen_ai.completion");
      choices.push({ index: 0, message: message && { ...message, role: "assistant" } });
    }
  }
  const [choice] = choices.sort((left, right) => left.index - right.index);
  return {
    messages: messages.length > 0 ? messages : undefined,
    outputMessage: choice?.message,
    finishReason: choice?.finishReason,
  };
}

/** The span's attributes over those of the events that hold a call's details under the same names. */
export function withDetailsEvents({
  attributes,
  events,
  logEvents,
}: SpanView): SpanView["attributes"] {
  const details = [...events, ...(logEvents ?? [])].filter(
    ({ name }) => name === "gen_ai.client.inference.operation.details",
  );
  return details.length === 0
    ? attributes
    : Object.assign({}, ...details.map((event) => event.attributes), attributes);
}

interface Choice {
  readonly index: number;
  readonly message: ChatMessage | undefined;
  readonly finishReason?: string | undefined;
}

/** Events on spans have no body: its fields are attributes, or one attribute of JSON. */
function fieldsOf(event: SpanEvent | LogEvent): Readonly<Record<string, unknown>> {
  const { attributes = {} } = event;
  const body = asObject(asStructure("body" in event ? event.body : undefined));
  return (
    body ??
    asObject(asStructure(attributes["gen_ai.event.content"])) ??
    asObject(asStructure(attributes.event_body)) ??
    attributes
  );
}

function messageOf(role: string, event: SpanEvent | LogEvent): readonly ChatMessage[] {
  const { content, tool_calls: calls, id, name, role: said } = fieldsOf(event);
  const message = chatMessage({
    role: asText(said) ?? role,
    content: keyedParts(content),
    tool_calls: asStructure(calls),
    name,
    tool_call_id: role === "tool" ? id : undefined,
  });
  return message === undefined ? [] : [message];
}

function choiceOf(event: SpanEvent | LogEvent): Choice {
  const fields = fieldsOf(event);
  const given = asStructure(fields.message);
  const message = asObject(given) ?? { content: given };
  return {
    index: asNumber(fields.index) ?? 0,
    // Older writers put the calls beside the message.
    message: chatMessage({
      tool_calls: asStructure(fields.tool_calls),
      ...message,
      content: message.content,
      role: asText(message.role) ?? "assistant",
    }),
    finishReason: asText(fields.finish_reason),
  };
}

/** A list of messages, or OpenLIT's lines of `user: text`; any other text is what the user says. */
function contentOf(event: SpanEvent | LogEvent, name: string): readonly ChatMessage[] {
  const given = event.attributes?.[name];
  const entries = asList(asStructure(given));
  if (entries.length > 0 && entries.every((entry) => typeof entry === "string")) {
    return entries.flatMap((entry) => contentMessages("user", entry));
  }
  const list = entries.map(chatMessage);
  if (list.length > 0 && list.every((message) => message !== undefined)) return list;
  const text = asText(given);
  if (text === undefined) return [];
  if (!ROLE_LINE.test(text)) return contentMessages("user", text);
  return text.split(/^(?=(?:system|user|assistant|tool): )/m).flatMap((line) => {
    const colon = line.indexOf(": ");
    return contentMessages(line.slice(0, colon), line.slice(colon + 2).trim());
  });
}

const ROLE_LINE = /^(?:system|user|assistant|tool): /;
