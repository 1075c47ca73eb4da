/** One part of a message: text, an image that came with it, or anything else with a word for what it is. */
export type MessagePart =
  | { readonly kind: "text"; readonly text: string; readonly label?: string }
  | { readonly kind: "image"; readonly url: string }
  | { readonly kind: "other"; readonly label: string; readonly value: unknown };

/** A call that the model asked for. */
export interface ToolCall {
  readonly id: string | undefined;
  readonly name: string;
  /** The parsed arguments; the text as it came when it is not JSON. */
  readonly callArguments: unknown;
}

/** A chat message as it is drawn. */
export interface ChatMessage {
  readonly role: string;
  readonly name: string | undefined;
  readonly parts: readonly MessagePart[];
  readonly toolCalls: readonly ToolCall[];
  /** For a tool's answer: the name of the call it answers, where that is in the same list. */
  readonly answers: string | undefined;
}

/**
 * Gives a list of messages for drawing, from whatever a log holds; undefined when it is no list or
 * an empty one. A message of another shape is kept whole as one part: nothing is dropped.
 */
export function chatMessages(value: unknown): ChatMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const callNames = new Map<string, string>();
  return value.map((entry) => {
    const message = chatMessage(entry, callNames);
    for (const call of message.toolCalls) {
      if (call.id !== undefined) callNames.set(call.id, call.name);
    }
    return message;
  });
}

/** Gives one message for drawing; `callNames` finds a tool's answer the call's name by its id. */
export function chatMessage(
  value: unknown,
  callNames: ReadonlyMap<string, string> = new Map(),
): ChatMessage {
  if (!isRecord(value)) {
    return {
      role: "message",
      name: undefined,
      parts: partsOf(value),
      toolCalls: [],
      answers: undefined,
    };
  }
  const callId = textOf(value.tool_call_id);
  return {
    role: textOf(value.role) ?? "message",
    name: textOf(value.name),
    parts: [
      ...reasoningOf(value.reasoning),
      ...partsOf(value.content),
      ...thinkingOf(value.thinking),
    ],
    toolCalls: Array.isArray(value.tool_calls) ? value.tool_calls.map(toolCall) : [],
    answers: callId === undefined ? undefined : (callNames.get(callId) ?? callId),
  };
}

/** Gives the JSON value a text holds, when it is an object or an array; else the text itself. */
export function parseJsonText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Tells an object with fields from everything else. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function partsOf(content: unknown): MessagePart[] {
  if (content === null || content === undefined || content === "") return [];
  if (Array.isArray(content)) return content.flatMap(partOf);
  return [partOf(content)];
}

function partOf(value: unknown): MessagePart {
  if (typeof value === "string") return { kind: "text", text: value };
  if (!isRecord(value)) return { kind: "other", label: "content", value };
  if (value.type === "text" && typeof value.text === "string") {
    return { kind: "text", text: value.text };
  }
  const { url } = isRecord(value.image_url) ? value.image_url : {};
  // Only what the message itself holds: an address elsewhere would be asked for it.
  if (typeof url === "string" && IMAGE_DATA.test(url)) return { kind: "image", url };
  return { kind: "other", label: textOf(value.type) ?? "content", value };
}

const IMAGE_DATA = /^data:image\/(?:png|jpeg|gif|webp);base64,/;

function reasoningOf(reasoning: unknown): MessagePart[] {
  if (reasoning === null || reasoning === undefined || reasoning === "") return [];
  const label = "reasoning";
  return typeof reasoning === "string"
    ? [{ kind: "text", text: reasoning, label }]
    : [{ kind: "other", label, value: reasoning }];
}

function thinkingOf(thinking: unknown): MessagePart[] {
  if (!Array.isArray(thinking) || thinking.length === 0) return [];
  return [{ kind: "other", label: "thinking", value: thinking }];
}

function toolCall(value: unknown): ToolCall {
  const called = isRecord(value) && isRecord(value.function) ? value.function : undefined;
  if (called === undefined || !isRecord(value)) {
    return { id: undefined, name: "call", callArguments: value };
  }
  const given = called.arguments;
  return {
    id: textOf(value.id),
    name: textOf(called.name) ?? "call",
    callArguments: typeof given === "string" ? parseJsonText(given) : given,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
