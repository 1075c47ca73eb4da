import { asList, asObject, asText } from "./attribute-values.ts";
import { type ChatMessage, chatMessages } from "./chat-messages.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { providerUsage } from "./provider-usage.ts";
import type { SpanAttributes } from "./span-attributes.ts";

/**
 * A span of Logfire's integration of OpenAI's agents SDK: its message template tells what it is. `undefined` for
 * other spans.
 */
export function logfireAgentSpan(attributes: SpanAttributes): DialectReading | undefined {
  const template = attributes.text("logfire.msg_template") ?? "";
  const name = attributes.text("name");
  if (/^(?:OpenAI Agents trace|Agent run): /.test(template)) {
    return { kind: "flow", inference: false, operation: "invoke_agent", name };
  }
  if (template.startsWith("Function: ")) {
    return {
      kind: "tool",
      inference: false,
      operation: "execute_tool",
      name,
      tool: name === undefined ? undefined : { name },
      inputs: attributes.json("input"),
      output: attributes.json("output"),
    };
  }
  if (!attributes.has("events")) return undefined;
  const response = asObject(attributes.json("response"));
  return { ...readEvents(attributes), ...(response && readResponse(attributes, response)) };
}

/** OpenAI's response as it came: what it was asked for with stands in it, too. */
function readResponse(
  attributes: SpanAttributes,
  response: Readonly<Record<string, unknown>>,
): DialectReading {
  const { temperature, top_p, max_output_tokens, tools } = response;
  return {
    kernel: { temperature, top_p, max_output_tokens, tools },
    toolChoice: response.tool_choice,
    responseModel: asText(response.model),
    responseId: asText(response.id) ?? attributes.text("response_id"),
    ...providerUsage(response.usage),
  };
}

/**
 * A call of a model, its messages in `events` as the conventions once had them: `gen_ai.user.message` ... for what
 * went in, `gen_ai.choice` for what came out. Where there is no choice, the messages of the assistant that end the
 * list are the answer.
 */
function readEvents(attributes: SpanAttributes): DialectReading | undefined {
  const events = asList(attributes.json("events")).map(asObject);
  const choice = events.find(isChoice);
  const given = events.filter((event) => event !== undefined && event !== choice);
  const messages = chatMessages(given.map(eventMessage));
  if (messages === undefined) return undefined;
  const chosen = choice === undefined ? undefined : chatMessages([choiceMessage(choice)]);
  const answered =
    chosen?.[0] ?? (messages.at(-1)?.role === "assistant" ? messages.at(-1) : undefined);
  return {
    messages: chosen === undefined && answered !== undefined ? messages.slice(0, -1) : messages,
    outputMessage: answered as ChatMessage | undefined,
    finishReason: asText(choice?.finish_reason),
  };
}

/** The integration of Google's SDK leaves the events' names out. */
function isChoice(event: Readonly<Record<string, unknown>> | undefined): boolean {
  const name = event?.["event.name"];
  return name === undefined
    ? event?.role === undefined && event?.finish_reason !== undefined
    : name === "gen_ai.choice";
}

/** Where content is not recorded, it says so in the message's place. */
function choiceMessage({ message, content }: Readonly<Record<string, unknown>>): unknown {
  return { role: "assistant", ...(asObject(message) ?? { content: message ?? content }) };
}

/** The event's own fields are the message's; a tool's answer has the call's id as `id`. */
function eventMessage(event: Readonly<Record<string, unknown>> | undefined): unknown {
  const { "event.name": name, id, role, "gen_ai.message.index": index, ...message } = event ?? {};
  const said = asText(role) ?? /^gen_ai\.(\w+)\.message$/.exec(asText(name) ?? "")?.[1] ?? "user";
  return { ...message, role: said, ...(said === "tool" && { tool_call_id: id }) };
}
