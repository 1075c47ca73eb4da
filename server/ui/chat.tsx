import { useState } from "preact/hooks";
import type { ChatMessage, MessagePart, ToolCall } from "./chat-model.ts";
import { shortLabel } from "./cut-text.ts";
import { JsonView } from "./json-view.tsx";
import { LongText } from "./long-text.tsx";

/** How many messages are drawn before the reader asks for the earlier ones. */
const MESSAGES_AT_ONCE = 30;

/** A conversation, the last messages of a long one first to hand. */
export function Chat({ messages }: { readonly messages: readonly ChatMessage[] }) {
  const [shown, setShown] = useState(MESSAGES_AT_ONCE);
  const hidden = Math.max(0, messages.length - shown);
  return (
    <div class="chat">
      {hidden > 0 && (
        <button type="button" class="more" onClick={() => setShown(shown + 10 * MESSAGES_AT_ONCE)}>
          Show earlier messages ({hidden})
        </button>
      )}
      {messages.slice(hidden).map((message, at) => (
        <Message key={hidden + at} message={message} />
      ))}
    </div>
  );
}

/** One message: its role, what it says, what it calls. */
export function Message({ message }: { readonly message: ChatMessage }) {
  const { role, name, parts, toolCalls, answers } = message;
  return (
    <article class={`message ${ROLE_CLASSES[role] ?? "is-other"}`}>
      <header>
        <bdi class="role">{shortLabel(role, 40)}</bdi>
        {name !== undefined && <bdi class="quiet">{shortLabel(name, 80)}</bdi>}
        {answers !== undefined && (
          <span class="quiet">
            answers <bdi>{shortLabel(answers, 80)}</bdi>
          </span>
        )}
      </header>
      {parts.map((part, at) => (
        <Part key={at} part={part} />
      ))}
      {toolCalls.map((call, at) => (
        <Call key={at} call={call} />
      ))}
      {parts.length === 0 && toolCalls.length === 0 && <p class="quiet">No content</p>}
    </article>
  );
}

/** Class names are ours, never the payload's. */
const ROLE_CLASSES: Readonly<Record<string, string>> = {
  system: "is-system",
  developer: "is-system",
  user: "is-user",
  assistant: "is-assistant",
  tool: "is-tool-answer",
};

function Part({ part }: { readonly part: MessagePart }) {
  if (part.kind === "image") return <img class="part-image" src={part.url} alt="" />;
  const content =
    part.kind === "text" ? <LongText text={part.text} /> : <JsonView value={part.value} />;
  if (part.label === undefined) return content;
  return (
    <div class="part">
      <bdi class="part-label">{shortLabel(part.label, 40)}</bdi>
      {content}
    </div>
  );
}

function Call({ call }: { readonly call: ToolCall }) {
  return (
    <div class="call">
      <header>
        <span class="quiet">calls</span> <bdi class="call-name">{shortLabel(call.name, 80)}</bdi>
        {call.id !== undefined && <bdi class="call-id">{shortLabel(call.id, 40)}</bdi>}
      </header>
      <JsonView value={call.callArguments} />
    </div>
  );
}
