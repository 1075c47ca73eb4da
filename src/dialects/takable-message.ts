import { isMessage } from "../base/chat-message.ts";
import { asList, asObject, asText } from "./attribute-values.ts";
import type { ChatMessage } from "./chat-messages.ts";
import { jsonText } from "./json-of.ts";
import { chatRole } from "./message-forms.ts";
import { toolCallPart } from "./message-parts.ts";

/**
 * A message as a server takes it, who would refuse the whole log for one message: what has another
 * form becomes JSON text, and what is no call of a tool is left out.
 */
export function takableMessage(message: ChatMessage): ChatMessage {
  const { role, content, tool_calls: calls, name, tool_call_id: callId, ...rest } = message;
  const taken: ChatMessage = {
    ...rest,
    role: chatRole(role),
    content: Array.isArray(content) ? content.map(takablePart) : optionalText(content),
    name: optionalText(name),
    tool_call_id: optionalText(callId),
    tool_calls: calls == null ? undefined : asList(calls).flatMap(takableCall),
  };
  return isMessage(taken) ? taken : { ...taken, role: "user" };
}

function optionalText(value: unknown): unknown {
  return value == null ? value : jsonText(value);
}

function takablePart(value: unknown): unknown {
  const part = asObject(value);
  // Gemini's and Bedrock's parts are named by their keys.
  if (asText(part?.type) === undefined) return { type: "text", text: jsonText(value) };
  const { text, image_url: image, ...rest } = part ?? {};
  return {
    ...rest,
    text: optionalText(text),
    image_url: image == null ? image : (asObject(image) ?? { url: image }),
  };
}

function takableCall(value: unknown): readonly unknown[] {
  return toolCallPart(value).map((part) => part.kind === "call" && part.call);
}
