import { asList, asObject, asText } from "./attribute-values.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The Log API's word for who says it, where a provider's or framework's is known. */
export function chatRole(role: string): string {
  const name = role.toLowerCase();
  return ROLES[name] ?? name;
}

const ROLES: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  ai: "assistant",
  aimessage: "assistant",
  aimessagechunk: "assistant",
  bot: "assistant",
  chatbot: "assistant",
  function: "tool",
  functionmessage: "tool",
  human: "user",
  humanmessage: "user",
  humanmessagechunk: "user",
  model: "assistant",
  remove: "system",
  systemmessage: "system",
  systemmessagechunk: "system",
  toolmessage: "tool",
  toolmessagechunk: "tool",
});

/** True for what looks like a chat message, or like an item of OpenAI's responses. */
export function isMessageLike(value: unknown): boolean {
  const message = asObject(value);
  if (message === undefined) return false;
  if (asText(message.role) !== undefined || Array.isArray(message.parts)) return true;
  return itemRole(message.type) !== undefined || langChainFields(message) !== undefined;
}

/** Whose an item of OpenAI's responses is that stands beside the messages; else `undefined`. */
export function itemRole(type: unknown): "assistant" | "tool" | undefined {
  if (typeof type !== "string") return undefined;
  if (type.endsWith("_call_output")) return "tool";
  return type === "reasoning" || type.endsWith("_call") ? "assistant" : undefined;
}

/**
 * A LangChain message's own fields; `undefined` for other messages. It comes as
 * `{ type, content }`, as `{ type, data }`, or as a constructor's call `{ lc, id, kwargs }`.
 */
export function langChainFields(value: unknown): Fields | undefined {
  const message = asObject(value);
  if (message === undefined || message.role !== undefined) return undefined;
  const kwargs = asObject(message.kwargs);
  const className = kwargs === undefined ? undefined : asText(asList(message.id).at(-1));
  const type = className ?? asText(message.type);
  const fields = kwargs ?? asObject(message.data) ?? message;
  if (type === undefined || fields.content === undefined) return undefined;
  const role = chatRole(className === "ChatMessage" ? (asText(fields.role) ?? "user") : type);
  if (!LANGCHAIN_ROLES.has(role)) return undefined;
  const extra = asObject(fields.additional_kwargs);
  const calls = asList(fields.tool_calls);
  return {
    role,
    content: contentBesideCalls(fields.content, calls),
    tool_calls: calls.length > 0 ? calls : extra?.tool_calls,
    function_call: extra?.function_call,
    name: fields.name,
    tool_call_id: fields.tool_call_id,
    reasoning_content: extra?.reasoning_content,
  };
}

const LANGCHAIN_ROLES: ReadonlySet<string> = new Set(["user", "assistant", "system", "tool"]);

/** Anthropic's blocks repeat the calls that stand in `tool_calls`, too. */
function contentBesideCalls(content: unknown, calls: readonly unknown[]): unknown {
  if (!Array.isArray(content) || calls.length === 0) return content;
  return content.filter((part) => {
    const type = asObject(part)?.type;
    return type !== "tool_use" && type !== "function_call" && type !== "input_json_delta";
  });
}
