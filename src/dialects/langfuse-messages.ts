import { asList, asObject, asText } from "./attribute-values.ts";
import type { ChatMessage } from "./chat-messages.ts";
import { toolFunctions } from "./prompt-kernel.ts";

/**
 * A call's input without the tools that Langfuse's LangChain handler for Python adds to its messages, each as what a
 * tool says.
 */
export function splitTools(input: unknown): {
  readonly input: unknown;
  readonly tools: readonly unknown[] | undefined;
} {
  const messages = asList(input).filter((entry) => definition(entry) === undefined);
  const tools = asList(input).flatMap((entry) => definition(entry) ?? []);
  return tools.length > 0 ? { input: messages, tools } : { input, tools: undefined };
}

function definition(entry: unknown): unknown {
  const { role, content, tool_call_id: callId } = asObject(entry) ?? {};
  const isDefinition = role === "tool" && callId === undefined && asObject(content) !== undefined;
  return isDefinition && toolFunctions([content]).length > 0 ? content : undefined;
}

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
