import { useState } from "preact/hooks";
import { Chat, Message } from "./chat.tsx";
import { chatMessage, chatMessages, parseJsonText } from "./chat-model.ts";
import { CopyButton } from "./copy-button.tsx";
import { TypeIcon } from "./icons.tsx";
import { JsonView } from "./json-view.tsx";
import { factsOf, hasContent, isEmpty, kernelOf } from "./log-details.ts";
import { LongText } from "./long-text.tsx";
import { PathLabel } from "./path-label.tsx";
import { Section } from "./section.tsx";
import type { TraceNode } from "./tree-model.ts";
import type { LogResponse } from "./wire.ts";

/** Everything about the selected log: what went in, what came out, and what decided it. */
export function LogPane({ node }: { readonly node: TraceNode }) {
  const [isRaw, setIsRaw] = useState(false);
  return (
    <section class="log-pane" aria-label="Selected log">
      <header class="log-head">
        <h2>
          <TypeIcon type={node.type} />
          <PathLabel path={node.path} />
        </h2>
        <CopyButton text={node.log.id} label="Copy id" />
        <button
          type="button"
          class="button is-small"
          aria-pressed={isRaw}
          onClick={() => setIsRaw(!isRaw)}
        >
          JSON
        </button>
      </header>
      {isRaw ? <RawLog log={node.log} /> : <LogParts node={node} />}
    </section>
  );
}

function LogParts({ node }: { readonly node: TraceNode }) {
  const { log } = node;
  const messages = chatMessages(log.messages);
  return (
    <>
      <dl class="facts">
        {factsOf(node).map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <LongText text={value} />
            </dd>
          </div>
        ))}
      </dl>
      {node.isOrphan && (
        <p class="hint">Its parent is not in this trace, so it stands under the root.</p>
      )}
      {node.isSkewed && (
        <p class="hint">Its clock and its parent's disagree: the times are shown as they came.</p>
      )}
      {log.error && (
        <Section title="Error">
          <div class="error-text">
            <LongText text={log.error} />
          </div>
        </Section>
      )}
      {messages && (
        <Section title="Messages">
          <Chat messages={messages} />
        </Section>
      )}
      <OutputPart log={log} />
      <JsonPart title="Inputs" value={log.inputs} />
      {!hasContent(log) && <NoContent log={log} />}
      <JsonPart title="Kernel" value={kernelOf(log)} />
      <JsonPart title="Tool choice" value={log.tool_choice} />
      <JsonPart title="Metadata" value={log.metadata} />
      {log.stdout && (
        <Section title="Standard output">
          <LongText text={log.stdout} class="is-code" />
        </Section>
      )}
      <JsonPart title="Provider request" value={log.provider_request} isOpen={false} />
      <JsonPart title="Provider response" value={log.provider_response} isOpen={false} />
    </>
  );
}

function OutputPart({ log }: { readonly log: LogResponse }) {
  const hasMessage = !isEmpty(log.output_message);
  if (!hasMessage && isEmpty(log.output)) return undefined;
  return (
    <Section title="Output">
      {hasMessage && <Message message={chatMessage(log.output_message)} />}
      {log.output && !repeats(log) && <JsonView value={parseJsonText(log.output)} />}
    </Section>
  );
}

/** Servers may fill `output` with the text of the output message: it is shown once. */
function repeats({ output, output_message }: LogResponse): boolean {
  const parts = isEmpty(output_message) ? [] : chatMessage(output_message).parts;
  return parts.length === 1 && parts[0]?.kind === "text" && parts[0].text === output;
}

interface JsonPartProps {
  readonly title: string;
  readonly value: unknown;
  readonly isOpen?: boolean;
}

function JsonPart({ title, value, isOpen }: JsonPartProps) {
  if (isEmpty(value)) return undefined;
  return (
    <Section title={title} isOpen={isOpen}>
      <JsonView value={value} />
    </Section>
  );
}

function NoContent({ log }: { readonly log: LogResponse }) {
  if (log.save === false) {
    return (
      <p class="hint">
        Content was not recorded: the log was sent with <code>save: false</code>, or recording was
        set to <code>content: "none"</code>.
      </p>
    );
  }
  return <p class="hint">No inputs, messages or output have been recorded for this log.</p>;
}

function RawLog({ log }: { readonly log: LogResponse }) {
  const { trace_children: _children, ...own } = log;
  const text = JSON.stringify(own, undefined, 2);
  return (
    <div class="raw">
      <p class="quiet">
        As the API answers it, without the logs below it. <CopyButton text={text} label="Copy" />
      </p>
      <LongText text={text} class="is-code" maxCharacters={50_000} maxLines={1000} />
    </div>
  );
}
