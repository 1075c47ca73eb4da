import { asList, asObject } from "./attribute-values.ts";
import { type ChatMessage, chatMessages, contentMessages } from "./chat-messages.ts";
import { isMessageLike } from "./message-forms.ts";

/** What went into a call, where a writer keeps all of it in one attribute. */
export interface RequestPayload {
  readonly messages?: readonly ChatMessage[] | undefined;
  /** The payload as it is, where no messages could be made of it. */
  readonly inputs?: unknown;
  /** The request's other fields, beside its messages: its parameters. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  readonly toolChoice?: unknown;
}

/** Where requests keep their messages: most APIs and frameworks, OpenAI's responses, Gemini, ADK. */
const MESSAGE_FIELDS = ["messages", "input", "contents", "prompt", "new_message"] as const;

/** Where requests keep what goes before the messages. */
const SYSTEM_FIELDS = [
  "system",
  "instructions",
  "systemInstruction",
  "system_instruction",
] as const;

/**
 * The messages of a request in anybody's shape: a list of messages, or a body with such a list beside the request's
 * parameters. Anything else is inputs.
 *
 * @param isModelCall a lone text, or one under `input` or `prompt`, is what the user says; elsewhere it is an argument.
 */
export function requestPayload(value: unknown, isModelCall: boolean): RequestPayload {
  if (value === undefined) return {};
  const list = messageList(value);
  if (list !== undefined) return { messages: list };
  const body = asObject(value);
  if (body === undefined) {
    const isText = isModelCall && typeof value === "string" && value !== "";
    return isText ? { messages: contentMessages("user", value) } : { inputs: value };
  }
  for (const field of MESSAGE_FIELDS) {
    const given = body[field];
    const isText = isModelCall && typeof given === "string" && given !== "";
    const messages = isText ? contentMessages("user", given) : messageList(given);
    if (messages === undefined) continue;
    const { tool_choice, toolChoice = tool_choice } = body;
    return { messages: [...systemMessages(body), ...messages], parameters: body, toolChoice };
  }
  return { inputs: value };
}

/** LangChain gives a list of messages for each call in a batch; a traced call has one. */
function messageList(value: unknown): readonly ChatMessage[] | undefined {
  const first = asList(value)[0];
  if (Array.isArray(first)) return chatMessages(first);
  const one = isMessageLike(value) ? asObject(value) : undefined;
  return chatMessages((one?.content ?? one?.parts) ? [value] : value);
}

function systemMessages(body: Readonly<Record<string, unknown>>): readonly ChatMessage[] {
  const field = SYSTEM_FIELDS.find((name) => body[name] != null);
  if (field === undefined) return [];
  const given = body[field];
  const parts = asObject(given)?.parts ?? asObject(given)?.content;
  return contentMessages("system", parts ?? given);
}
