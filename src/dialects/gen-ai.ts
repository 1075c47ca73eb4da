import {
  ATTR_INPUT_MESSAGES,
  ATTR_OPERATION_NAME,
  ATTR_OUTPUT_MESSAGES,
  ATTR_RESPONSE_MODEL,
  ATTR_TIME_TO_FIRST_CHUNK,
} from "../base/attributes.ts";
import type { LogType } from "../base/log-types.ts";
import { asObject, asText } from "./attribute-values.ts";
import { type ChatMessage, chatMessages, contentMessages } from "./chat-messages.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { genAiKernel } from "./gen-ai-kernel.ts";
import { genAiToolContent } from "./gen-ai-tools.ts";
import { genAiUsage } from "./gen-ai-usage.ts";
import { withDetailsEvents } from "./message-events.ts";
import { SpanAttributes } from "./span-attributes.ts";

const FETCH_RESPONSE = "fetch_response";

/**
 * Operations that are logs. Any other one is known, and passed through. Fetching a response that
 * was made in the background gives its content again, but no usage of its own.
 */
const OPERATION_TYPES: ReadonlyMap<string, LogType> = new Map([
  ["chat", "prompt"],
  // Semantic Kernel's.
  ["chat.completions", "prompt"],
  ["chat.streaming_completions", "prompt"],
  ["text.completions", "prompt"],
  ["text.streaming_completions", "prompt"],
  ["generate_content", "prompt"],
  ["text_completion", "prompt"],
  [FETCH_RESPONSE, "prompt"],
  ["embeddings", "tool"],
  ["execute_tool", "tool"],
  ["rerank", "tool"],
  ["retrieval", "tool"],
  ["create_agent", "flow"],
  ["invoke_agent", "flow"],
  ["invoke_workflow", "flow"],
  ["plan", "flow"],
]);

/** Searching, writing and deleting what an agent remembers. */
const MEMORY = /^[a-z]+_memory(?:_store)?$/;

/**
 * Spans by OpenTelemetry's semantic conventions for generative AI, as they are now.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const genAi: Dialect = {
  roots: ["gen_ai"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(withDetailsEvents(span));
    const operation = attributes.text(ATTR_OPERATION_NAME);
    const type = operation === undefined ? undefined : typeOf(operation);
    const isFetch = operation === FETCH_RESPONSE;
    return {
      kind: operation === undefined ? undefined : (type ?? "none"),
      inference: type && ((type === "prompt" && !isFetch) || operation === "embeddings"),
      operation,
      name: type && attributes.text(...NAMES[type]),
      kernel: genAiKernel(attributes, operation),
      responseModel: attributes.text(ATTR_RESPONSE_MODEL),
      responseId: attributes.text("gen_ai.response.id"),
      ...readMessages(attributes, type === "flow"),
      ...genAiToolContent(attributes, operation),
      ...(isFetch ? {} : genAiUsage(attributes)),
      timeToFirstTokenSeconds: attributes.number(ATTR_TIME_TO_FIRST_CHUNK),
      sessionId: attributes.text("gen_ai.conversation.id", "session.id"),
      user: attributes.text("user.id"),
      metadata: readMetadata(attributes),
      unreadable: attributes.unreadable,
    };
  },
};

function typeOf(operation: string): LogType | undefined {
  return OPERATION_TYPES.get(operation) ?? (MEMORY.test(operation) ? "tool" : undefined);
}

/** Each type has names of its own: a chat span inside an agent also carries the agent's. */
const NAMES: Readonly<Record<LogType, readonly string[]>> = {
  flow: ["gen_ai.agent.name", "gen_ai.workflow.name"],
  prompt: ["gen_ai.prompt.name"],
  tool: ["gen_ai.tool.name"],
};

/**
 * @param isRun the output is all that an agent said and did: its last message is the answer. A call's are one for each
 * choice.
 */
function readMessages(attributes: SpanAttributes, isRun: boolean): DialectReading {
  const system = contentMessages("system", attributes.json("gen_ai.system_instructions"));
  const given = attributes.json(ATTR_INPUT_MESSAGES);
  const input = chatMessages(given);
  if (given !== undefined && input === undefined) attributes.note(ATTR_INPUT_MESSAGES);
  const output = attributes.json(ATTR_OUTPUT_MESSAGES);
  const answers = chatMessages(output) ?? [];
  const last = isRun ? answers.findLastIndex(({ role }) => role === "assistant") : 0;
  const answer = answers[Math.max(last, 0)];
  if (output !== undefined && answer === undefined) attributes.note(ATTR_OUTPUT_MESSAGES);
  const messages = [
    ...(repeats(input, system) ? [] : system),
    ...(input ?? []),
    ...answers.slice(0, Math.max(last, 0)),
  ];
  const [first] = Array.isArray(output) ? output : [];
  return {
    messages: messages.length > 0 ? messages : undefined,
    inputs: input === undefined ? given : undefined,
    outputMessage: answer,
    output: answer === undefined ? output : undefined,
    finishReason:
      attributes.texts("gen_ai.response.finish_reasons", "gen_ai.response.finish_reason")?.[0] ??
      asText(asObject(first)?.finish_reason),
  };
}

/** Some writers give the instructions as the first message, too. */
function repeats(
  messages: readonly ChatMessage[] | undefined,
  [system]: readonly ChatMessage[],
): boolean {
  const [first] = messages ?? [];
  return first?.role === "system" && first.content === system?.content;
}

/** What no field of a log is for, by its name in the log's metadata. */
const METADATA = {
  agent_id: "gen_ai.agent.id",
  agent_name: "gen_ai.agent.name",
  agent_description: "gen_ai.agent.description",
  agent_version: "gen_ai.agent.version",
  prompt_version: "gen_ai.prompt.version",
  tool_call_id: "gen_ai.tool.call.id",
  previous_response_id: "gen_ai.request.previous_response.id",
} as const;

function readMetadata(attributes: SpanAttributes): DialectReading["metadata"] {
  const found = Object.entries(METADATA)
    .map(([name, attribute]) => [name, attributes.text(attribute)] as const)
    .filter(([, value]) => value !== undefined);
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
