import type { LogType } from "../base/log-types.ts";
import { underPrefix, without } from "./attribute-prefix.ts";
import { asNumber, asObject, asText } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { pathName } from "./path-name.ts";
import { SpanAttributes } from "./span-attributes.ts";
import { spanPayload } from "./span-payload.ts";

/** What MLflow's span types are as logs. Any other type is its user's own, of a function that was traced. */
const KINDS: ReadonlyMap<string, readonly [LogType | "none", operation: string]> = new Map([
  ["LLM", ["prompt", "chat"]],
  ["CHAT_MODEL", ["prompt", "chat"]],
  ["EMBEDDING", ["tool", "embeddings"]],
  ["TOOL", ["tool", "execute_tool"]],
  ["RETRIEVER", ["tool", "retrieval"]],
  ["RERANKER", ["tool", "rerank"]],
  ["AGENT", ["flow", "invoke_agent"]],
  ["CHAIN", ["flow", "chain"]],
  ["TASK", ["flow", "task"]],
  ["WORKFLOW", ["flow", "invoke_workflow"]],
  ["PARSER", ["none", "parser"]],
  ["MEMORY", ["none", "memory"]],
]);

const FUNCTION = ["flow", "function"] as const;

/**
 * Spans of MLflow's tracing. Every attribute of its own is JSON text, a plain string too.
 *
 * @see https://mlflow.org/docs/latest/genai/tracing/
 */
export const mlflow: Dialect = {
  roots: ["mlflow"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const text = (name: string): string | undefined => asText(attributes.json(name));
    const type = text("mlflow.spanType")?.toUpperCase();
    const [kind, operation] = type === undefined ? [] : (KINDS.get(type) ?? FUNCTION);
    const model = text("mlflow.llm.model");
    const tool = text("mlflow.spanFunctionName") ?? span.name;
    return {
      kind,
      inference: kind && (kind === "prompt" || operation === "embeddings"),
      operation,
      name: kind === undefined ? undefined : pathName(span.name, model),
      tool:
        kind === "tool" ? { name: tool, description: text("mlflow.spanDescription") } : undefined,
      ...readContent(attributes, kind, operation, model),
      ...readUsage(attributes),
      sessionId: text("mlflow.trace.session") ?? attributes.text("session.id"),
      user: text("mlflow.trace.user") ?? attributes.text("user.id"),
      metadata: readMetadata(attributes),
      unreadable: attributes.unreadable,
    };
  },
};

function readContent(
  attributes: SpanAttributes,
  kind: DialectReading["kind"],
  operation: string | undefined,
  model: string | undefined,
): DialectReading {
  const input = attributes.json("mlflow.spanInputs");
  const output = attributes.json("mlflow.spanOutputs");
  const { content, parameters } = spanPayload(kind, operation, input, output);
  return {
    ...content,
    kernel: {
      ...parameters,
      model: model ?? parameters.model,
      provider: asText(attributes.json("mlflow.llm.provider")),
      tools: attributes.json("mlflow.chat.tools") ?? parameters.tools,
    },
  };
}

/**
 * The tokens of one call. MLflow passes providers' numbers on: Anthropic's and Bedrock's leave cached tokens out,
 * which only the provider's name or its message format tells.
 */
function readUsage(attributes: SpanAttributes): DialectReading {
  const usage = asObject(attributes.json("mlflow.chat.tokenUsage")) ?? {};
  const cost = asObject(attributes.json("mlflow.llm.cost"));
  const whose = [attributes.json("mlflow.llm.provider"), attributes.json("mlflow.message.format")];
  const isApart = whose.some((name) => typeof name === "string" && /anthropic|bedrock/i.test(name));
  const input = asNumber(usage.input_tokens);
  const cachedTokens = asNumber(usage.cache_read_input_tokens);
  const cacheWriteTokens = asNumber(usage.cache_creation_input_tokens);
  const apart = isApart ? (cachedTokens ?? 0) + (cacheWriteTokens ?? 0) : 0;
  const outputTokens = asNumber(usage.output_tokens);
  return {
    // What the response says stands where the span says nothing.
    ...(input !== undefined && { promptTokens: input + apart }),
    ...(outputTokens !== undefined && { outputTokens }),
    ...(cachedTokens !== undefined && { cachedTokens }),
    ...(cacheWriteTokens !== undefined && { cacheWriteTokens }),
    promptCost: asNumber(cost?.input_cost),
    outputCost: asNumber(cost?.output_cost),
    totalCost: asNumber(cost?.total_cost),
  };
}

/** The trace's tags, and what its users set on the span beside MLflow's own. */
function readMetadata(attributes: SpanAttributes): DialectReading["metadata"] {
  const linked = attributes.json("mlflow.linkedPrompts");
  return without({ ...underPrefix(attributes.all, "mlflow.traceTag."), linked_prompts: linked });
}
