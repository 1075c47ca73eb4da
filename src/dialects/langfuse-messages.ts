import { asList, asObject, asText } from "./attribute-values.ts";
import type { ChatMessage } from "./chat-messages.ts";

/**
 * Messages as Langfuse's LangChain handler writes them: what a tool answered has the tool's name for its role, and
 * does not say which call it answers. The call is the last one of that tool's.
 */
export function withToolRoles(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const called = new Map<string, unknown>();
  return messages.map((message) => {
    for (const entry of asList(message.tool_calls)) {
      const call = asObject(entry);
      const name = asText(asObject(call?.function)?.name);
      if (name !== undefined) called.set(name.toLowerCase(), call?.id);
    }
    const { role } = message;
    const callId = isRole(role) ? undefined : called.get(role.toLowerCase());
    return callId === undefined
      ? message
      : { ...message, role: "tool", name: role, tool_call_id: callId };
  });
}

/** A tool may have such a name, too. */
function isRole(role: string): boolean {
  return /^(?:user|assistant|system|developer|tool)$/.test(role);
}
