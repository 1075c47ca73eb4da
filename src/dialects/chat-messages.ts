import { asList, asObject, asText } from "./attribute-values.ts";
import { chatRole, isMessageLike, itemRole, langChainFields } from "./message-forms.ts";
import { type MessagePart, messageParts, toolCallPart, writtenParts } from "./message-parts.ts";

/** A chat message in the shape of the Log API, which is OpenAI's. */
export type ChatMessage = Readonly<Record<string, unknown>> & { readonly role: string };

/**
 * Chat messages from a list in anybody's shape; `undefined` for what is no list of messages alone.
 *
 * Read are the messages of OpenAI (chat completions, and the items of responses), Anthropic,
 * Gemini, Bedrock, the AI SDK, LangChain, and OpenTelemetry's own `{ role, parts }`. Texts are
 * joined, images become `image_url`, calls of tools `tool_calls`, a tool's answers messages of the
 * role `tool`, thinking the side field `reasoning`. Parts of other kinds stay as they came.
 */
export function chatMessages(value: unknown): readonly ChatMessage[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const drafts: Draft[] = [];
  for (const entry of value) {
    if (!isMessageLike(entry)) return undefined;
    const draft = draftMessage(entry);
    const last = drafts.at(-1);
    // Of the items of OpenAI's responses several make one message, and of messages with a call each.
    if (last?.role === "assistant" && draft.role === last.role && isAdded(draft, last)) {
      last.parts.push(...draft.parts);
    } else if (!draft.isItem && last?.isItem && last.role === draft.role) {
      drafts[drafts.length - 1] = { ...draft, parts: [...last.parts, ...draft.parts] };
    } else {
      drafts.push(draft);
    }
  }
  return drafts.flatMap(finish);
}

/** One message in anybody's shape; `undefined` for what is none. */
export function chatMessage(value: unknown): ChatMessage | undefined {
  return chatMessages([value])?.[0];
}

/** Messages of a role from a text, or from content parts in anybody's shape. None when empty. */
export function contentMessages(role: string, content: unknown): readonly ChatMessage[] {
  if (content === "") return [];
  const parts = messageParts(content);
  return parts.length === 0 ? [] : finish({ role, parts, rest: {}, isItem: false });
}

/** A message while its parts are gathered. */
interface Draft {
  readonly role: string;
  readonly parts: MessagePart[];
  readonly rest: Readonly<Record<string, unknown>>;
  /** A call or a thought that stands beside its message, not in it. */
  readonly isItem: boolean;
}

function isAdded(draft: Draft, last: Draft): boolean {
  return draft.isItem || [draft, last].every(({ parts }) => isOnlyCalls(parts));
}

function isOnlyCalls(parts: readonly MessagePart[]): boolean {
  return parts.length > 0 && parts.every(({ kind }) => kind === "call");
}

function draftMessage(value: unknown): Draft {
  const message = langChainFields(value) ?? asObject(value) ?? {};
  const {
    role,
    content,
    parts,
    text,
    tool_calls: calls,
    function_call: call,
    additional_kwargs: extra,
    ...rest
  } = message;
  const item = role === undefined ? itemRole(message.type) : undefined;
  if (item !== undefined) {
    return { role: item, parts: messageParts([message]), rest: {}, isItem: true };
  }
  // LangChain's calls stand there beside a role that another writer gave the message.
  const given = [calls, asObject(extra)?.tool_calls].map(asList).find(({ length }) => length > 0);
  return {
    role: chatRole(asText(role) ?? "user"),
    parts: [
      ...messageParts(writtenParts(content ?? text)),
      ...messageParts(parts),
      ...(given ?? [call]).flatMap(toolCallPart),
    ],
    rest,
    isItem: false,
  };
}

function finish({ role, parts, rest }: Draft): readonly ChatMessage[] {
  const answers = parts.flatMap((part) => (part.kind === "answer" ? [toolMessage(part)] : []));
  const calls = parts.flatMap((part) => (part.kind === "call" ? [part.call] : []));
  const thoughts = parts.flatMap((part) => (part.kind === "reasoning" ? [part.text] : []));
  const said = parts.filter((part) => part.kind === "text" || part.kind === "other");
  if (said.length === 0 && calls.length === 0 && answers.length > 0) return answers;
  const reasoning = thoughts.join("\n") || rest.reasoning || rest.reasoning_content;
  const message: ChatMessage = {
    // A tool calls no tool: some writers name the role that the calls are meant for.
    role: role === "tool" && calls.length > 0 ? "assistant" : role,
    content: contentOf(said),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(asText(reasoning) !== undefined && { reasoning }),
    ...restOf(rest),
  };
  // What tools answered comes right after their calls, before what a user adds.
  return role === "assistant" ? [message, ...answers] : [...answers, message];
}

/** A text where all parts are text, a list of content parts where not, `null` for none. */
function contentOf(parts: readonly MessagePart[]): unknown {
  if (parts.length === 0) return null;
  const texts = parts.flatMap((part) => (part.kind === "text" ? [part.text] : []));
  if (texts.length === parts.length) return texts.join("\n");
  return parts.map((part) =>
    part.kind === "text"
      ? { type: "text", text: part.text }
      : part.kind === "other" && part.content,
  );
}

function toolMessage({ id, name, content }: MessagePart & { kind: "answer" }): ChatMessage {
  return { role: "tool", ...(name !== undefined && { name }), tool_call_id: id, content };
}

/** What a writer says of a message beside its content; of the whole answer it belongs elsewhere. */
function restOf(rest: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(rest).filter(([name, value]) => value != null && !OF_THE_ANSWER.has(name)),
  );
}

const OF_THE_ANSWER: ReadonlySet<string> = new Set([
  "finish_reason",
  "id",
  "index",
  "model",
  "object",
  "reasoning",
  "reasoning_content",
  "status",
  "stop_reason",
  "stop_sequence",
  "type",
  "usage",
]);
