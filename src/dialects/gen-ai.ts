import {
  ATTR_CACHE_READ_TOKENS,
  ATTR_CACHE_WRITE_TOKENS,
  ATTR_INPUT_MESSAGES,
  ATTR_OPERATION_NAME,
  ATTR_OUTPUT_MESSAGES,
  ATTR_PROVIDER_NAME,
  ATTR_REASONING_TOKENS,
  ATTR_REQUEST_MODEL,
  ATTR_RESPONSE_MODEL,
  ATTR_TIME_TO_FIRST_CHUNK,
} from "../base/attributes.ts";
import type { LogType } from "../base/log-types.ts";
import { asObject, asText } from "./attribute-values.ts";
import { chatMessages, contentMessages } from "./chat-messages.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { SpanAttributes } from "./span-attributes.ts";

/** Operations that are logs. Any other one is known, and passed through. */
const OPERATION_TYPES: ReadonlyMap<string, LogType> = new Map([
  ["chat", "prompt"],
  ["generate_content", "prompt"],
  ["text_completion", "prompt"],
  ["embeddings", "tool"],
  ["execute_tool", "tool"],
  ["rerank", "tool"],
  ["retrieval", "tool"],
  ["create_agent", "flow"],
  ["invoke_agent", "flow"],
  ["invoke_workflow", "flow"],
]);

/**
 * Spans by OpenTelemetry's semantic conventions for generative AI, as they are now.
 *
 * @see https://github.com/open-telemetry/semantic-conventions-genai
 */
export const genAi: Dialect = {
  roots: ["gen_ai"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const operation = attributes.text(ATTR_OPERATION_NAME);
    const type = operation === undefined ? undefined : OPERATION_TYPES.get(operation);
    return {
      kind: operation === undefined ? undefined : (type ?? "none"),
      inference: type && (type === "prompt" || operation === "embeddings"),
      operation,
      name: type && attributes.text(...NAME_KEYS[type]),
      kernel: readKernel(attributes, operation),
      responseModel: attributes.text(ATTR_RESPONSE_MODEL),
      responseId: attributes.text("gen_ai.response.id"),
      ...readMessages(attributes),
      ...readTool(attributes),
      ...readUsage(attributes),
      timeToFirstTokenSeconds: attributes.number(ATTR_TIME_TO_FIRST_CHUNK),
      sessionId: attributes.text("gen_ai.conversation.id"),
      user: attributes.text("user.id"),
      unreadable: attributes.unreadable,
    };
  },
};

/** Each type has names of its own: a chat span inside an agent also carries the agent's. */
const NAME_KEYS: Readonly<Record<LogType, readonly string[]>> = {
  flow: ["gen_ai.agent.name", "gen_ai.workflow.name"],
  prompt: ["gen_ai.prompt.name"],
  tool: ["gen_ai.tool.name"],
};

function readKernel(
  attributes: SpanAttributes,
  operation: string | undefined,
): DialectReading["kernel"] {
  const request = (name: string): number | undefined => attributes.number(`gen_ai.request.${name}`);
  return {
    model: attributes.text(ATTR_REQUEST_MODEL),
    endpoint: operation === "text_completion" ? "complete" : undefined,
    provider: attributes.text(ATTR_PROVIDER_NAME, "gen_ai.system"),
    temperature: request("temperature"),
    top_p: request("top_p"),
    max_tokens: request("max_tokens"),
    frequency_penalty: request("frequency_penalty"),
    presence_penalty: request("presence_penalty"),
    seed: request("seed"),
    stop: attributes.texts("gen_ai.request.stop_sequences"),
    response_format:
      attributes.text("gen_ai.output.type") === "json" ? { type: "json_object" } : undefined,
    tools: attributes.json("gen_ai.tool.definitions"),
    other: {
      top_k: request("top_k"),
      n: request("choice.count"),
      reasoning_effort: attributes.text("gen_ai.request.reasoning.level"),
    },
  };
}

function readMessages(attributes: SpanAttributes): DialectReading {
  const system = attributes.json("gen_ai.system_instructions");
  const given = attributes.json(ATTR_INPUT_MESSAGES);
  const input = chatMessages(given);
  if (given !== undefined && input === undefined) attributes.note(ATTR_INPUT_MESSAGES);
  const messages = [...contentMessages("system", system), ...(input ?? [])];
  const output = attributes.json(ATTR_OUTPUT_MESSAGES);
  const answer = chatMessages(output)?.[0];
  if (output !== undefined && answer === undefined) attributes.note(ATTR_OUTPUT_MESSAGES);
  const [first] = Array.isArray(output) ? output : [];
  return {
    messages: messages.length > 0 ? messages : undefined,
    inputs: input === undefined ? given : undefined,
    outputMessage: answer,
    output: answer === undefined ? output : undefined,
    finishReason:
      attributes.texts("gen_ai.response.finish_reasons")?.[0] ??
      asText(asObject(first)?.finish_reason),
  };
}

function readTool(attributes: SpanAttributes): DialectReading {
  const name = attributes.text("gen_ai.tool.name");
  const given = attributes.json("gen_ai.tool.call.arguments");
  const result = attributes.all["gen_ai.tool.call.result"];
  return {
    tool:
      name === undefined
        ? undefined
        : { name, description: attributes.text("gen_ai.tool.description") },
    ...(given !== undefined && { inputs: asObject(given) ?? { arguments: given } }),
    ...(result !== undefined && { output: result }),
  };
}

function readUsage(attributes: SpanAttributes): DialectReading {
  return {
    promptTokens: attributes.number("gen_ai.usage.input_tokens"),
    outputTokens: attributes.number("gen_ai.usage.output_tokens"),
    cachedTokens: attributes.number(ATTR_CACHE_READ_TOKENS),
    cacheWriteTokens: attributes.number(
      ATTR_CACHE_WRITE_TOKENS,
      "gen_ai.usage.cache_creation.input_tokens",
    ),
    reasoningTokens: attributes.number(ATTR_REASONING_TOKENS),
  };
}
