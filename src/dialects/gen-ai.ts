import {
  ATTR_INPUT_MESSAGES,
  ATTR_OPERATION_NAME,
  ATTR_OUTPUT_MESSAGES,
} from "../base/attributes.ts";
import { toJsonText } from "../base/json-text.ts";
import type { LogType } from "../base/log-types.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { asNumber, asObject, asStructure, asText, asTexts } from "./attribute-values.ts";
import { FieldWriter } from "./field-writer.ts";
import { promptKernel } from "./gen-ai-kernel.ts";
import { genAiMessages, systemMessage } from "./gen-ai-messages.ts";
import { cacheReadTokens, cacheWriteTokens, readSharedMeta } from "./shared-meta.ts";
import { spanError } from "./span-error.ts";
import type { Dialect } from "./span-reading.ts";

type Attributes = SpanView["attributes"];

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
  read(span, limits): SpanReading | undefined {
    const { attributes } = span;
    const operation = asText(attributes[ATTR_OPERATION_NAME]);
    if (operation === undefined) return undefined;
    const type = OPERATION_TYPES.get(operation);
    const writer = new FieldWriter(limits);
    const meta = readSharedMeta(attributes);
    const usage = readUsage(attributes);
    const error = spanError(span);

    if (type === "prompt") writePrompt(writer, attributes);
    if (type === "tool") writeTool(writer, attributes);
    if (type === "flow") writeMessages(writer, attributes);
    if (type === "prompt") {
      writer.scalar("prompt_tokens", usage.prompt_tokens);
      writer.scalar("output_tokens", usage.output_tokens);
    } else if (Object.keys(usage).length > 0) {
      // Only Prompt logs have token fields.
      const parts = meta.usage === undefined ? {} : (JSON.parse(meta.usage) as object);
      meta.usage = toJsonText({ ...usage, ...parts });
    }
    writer.text("error", error);
    writer.scalar("session_id", asText(attributes["gen_ai.conversation.id"]));
    writer.scalar("user", asText(attributes["user.id"]));
    if (error !== undefined) meta.outcome = toJsonText("error");
    if (Object.keys(writer.truncated).length > 0) meta.truncated = toJsonText(writer.truncated);
    return {
      type,
      own: false,
      inference: type === "prompt" || operation === "embeddings",
      fields: writer.fields,
      query: {},
      meta,
      name: readName(attributes, type),
      operation,
    };
  },
};

function writePrompt(writer: FieldWriter, attributes: Attributes): void {
  writer.json("prompt", promptKernel(attributes));
  const finishReason = writeMessages(writer, attributes);
  const reason = asTexts(attributes["gen_ai.response.finish_reasons"])[0] ?? finishReason;
  writer.scalar(
    "finish_reason",
    reason === undefined ? undefined : (FINISH_REASONS[reason] ?? reason),
  );
}

/** Providers' words for why an answer ended, by OpenAI's. */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  MAX_TOKENS: "length",
  STOP: "stop",
  end_turn: "stop",
  function_call: "tool_calls",
  max_tokens: "length",
  stop_sequence: "stop",
  "tool-calls": "tool_calls",
  tool_call: "tool_calls",
  tool_use: "tool_calls",
};

/** Writes what went in and what came out; gives the answer's own finish reason. */
function writeMessages(writer: FieldWriter, attributes: Attributes): string | undefined {
  const messages = [
    ...systemMessage(asStructure(attributes["gen_ai.system_instructions"])),
    ...genAiMessages(asStructure(attributes[ATTR_INPUT_MESSAGES])),
  ];
  if (messages.length > 0) writer.json("messages", messages);
  const output = asStructure(attributes[ATTR_OUTPUT_MESSAGES]);
  const [answer] = genAiMessages(output);
  if (answer === undefined) return undefined;
  const { finish_reason: own, ...message } = answer;
  writer.json("output_message", message);
  return (
    asText(own) ?? asText(asObject(Array.isArray(output) ? output[0] : undefined)?.finish_reason)
  );
}

function writeTool(writer: FieldWriter, attributes: Attributes): void {
  const name = asText(attributes["gen_ai.tool.name"]);
  if (name !== undefined) {
    const description = asText(attributes["gen_ai.tool.description"]) ?? "";
    writer.json("tool", { function: { name, description } });
  }
  const given = asStructure(attributes["gen_ai.tool.call.arguments"]);
  if (given !== undefined) writer.json("inputs", asObject(given) ?? { arguments: given });
  writer.text("output", attributes["gen_ai.tool.call.result"]);
}

/**
 * Tokens, cached ones included. The conventions say that `input_tokens` holds them; a writer whose
 * cached tokens are more than its input tokens has passed on a provider's raw count without them.
 */
function readUsage(attributes: Attributes): { prompt_tokens?: number; output_tokens?: number } {
  const input = asNumber(attributes["gen_ai.usage.input_tokens"]);
  const output = asNumber(attributes["gen_ai.usage.output_tokens"]);
  const cached = (cacheReadTokens(attributes) ?? 0) + (cacheWriteTokens(attributes) ?? 0);
  return {
    ...(input !== undefined && { prompt_tokens: cached > input ? input + cached : input }),
    ...(output !== undefined && { output_tokens: output }),
  };
}

/** Each type has names of its own: a chat span inside an agent also carries the agent's. */
const NAME_KEYS: Readonly<Record<LogType, readonly string[]>> = {
  flow: ["gen_ai.agent.name", "gen_ai.workflow.name"],
  prompt: ["gen_ai.prompt.name"],
  tool: ["gen_ai.tool.name"],
};

function readName(attributes: Attributes, type: LogType | undefined): string | undefined {
  if (type === undefined) return undefined;
  const key = NAME_KEYS[type].find((name) => asText(attributes[name]) !== undefined);
  return key === undefined ? undefined : asText(attributes[key]);
}
