import type { LogType } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";
import { asObject, asStructure, asText } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import {
  callContent,
  embeddingContent,
  plainValue,
  rerankingContent,
  retrievalContent,
  toolContent,
} from "./openinference-content.ts";
import { flatList, flatMessages } from "./openinference-messages.ts";
import { pathName } from "./path-name.ts";
import { requestPayload } from "./request-payload.ts";
import { responsePayload } from "./response-payload.ts";
import { SpanAttributes } from "./span-attributes.ts";

/** What OpenInference's kinds are as logs. Filling in a template is none. */
const KINDS: ReadonlyMap<string, readonly [LogType | "none", operation: string]> = new Map([
  ["LLM", ["prompt", "chat"]],
  ["EMBEDDING", ["tool", "embeddings"]],
  ["RETRIEVER", ["tool", "retrieval"]],
  ["RERANKER", ["tool", "rerank"]],
  ["TOOL", ["tool", "execute_tool"]],
  ["AGENT", ["flow", "invoke_agent"]],
  ["CHAIN", ["flow", "chain"]],
  ["GUARDRAIL", ["flow", "guardrail"]],
  ["EVALUATOR", ["flow", "evaluator"]],
  ["DECISION", ["flow", "decision"]],
  ["PROMPT", ["none", "prompt"]],
]);

/**
 * Spans by Arize's OpenInference conventions.
 *
 * @see https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md
 */
export const openInference: Dialect = {
  roots: ["embedding", "input", "llm", "openinference", "output", "reranker", "retrieval", "tool"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const type = attributes.text("openinference.span.kind")?.toUpperCase();
    const [kind = "none", operation] = (type === undefined ? undefined : KINDS.get(type)) ?? [];
    return {
      kind: type === undefined ? undefined : kind,
      inference: type === undefined ? undefined : type === "LLM" || type === "EMBEDDING",
      operation,
      name: readName(attributes, span, kind),
      ...readContent(attributes, span, type),
      ...readUsage(attributes),
      ...readModels(attributes, type),
      sessionId: attributes.text("session.id"),
      user: attributes.text("user.id"),
      metadata: readMetadata(attributes),
      unreadable: attributes.unreadable,
    };
  },
};

function readName(
  attributes: SpanAttributes,
  span: SpanView,
  kind: LogType | "none",
): string | undefined {
  if (kind === "tool") return attributes.text("tool.name") ?? pathName(span.name);
  // What runs in an agent carries OpenTelemetry's name of it, too.
  const isAgent = attributes.text("openinference.span.kind")?.toUpperCase() === "AGENT";
  const agent = attributes.text("agent.name", ...(isAgent ? ["gen_ai.agent.name"] : []));
  return kind === "flow" ? (agent ?? pathName(span.name)) : undefined;
}

function readContent(
  attributes: SpanAttributes,
  span: SpanView,
  type: string | undefined,
): DialectReading {
  switch (type) {
    case "LLM":
      return callContent(attributes, span.scopeName.endsWith(".beeai"));
    case "EMBEDDING":
      return embeddingContent(attributes);
    case "RETRIEVER":
      return retrievalContent(attributes);
    case "RERANKER":
      return rerankingContent(attributes);
    case "TOOL":
      return toolContent(attributes, attributes.text("tool.name"));
    default: {
      const { messages, ...request } = requestPayload(plainValue(attributes, "input"), false);
      return {
        messages: messages ?? flatMessages(attributes, "llm.input_messages"),
        ...request,
        ...responsePayload(plainValue(attributes, "output"), false),
      };
    }
  }
}

/** What is not said stays out: the raw response may have said it. */
function readUsage(attributes: SpanAttributes): DialectReading {
  const count = (...names: readonly string[]): number | undefined =>
    attributes.number(...names.map((name) => `llm.token_count.${name}`));
  const said = {
    finishReason: attributes.text("llm.finish_reason"),
    promptTokens: count("prompt"),
    outputTokens: count("completion"),
    cachedTokens: count("prompt_details.cache_read", "prompt_details.cache_input"),
    cacheWriteTokens: count("prompt_details.cache_write"),
    reasoningTokens: count("completion_details.reasoning"),
    usageParts: withoutUndefined({
      audio_input: count("prompt_details.audio"),
      audio_output: count("completion_details.audio"),
    }),
    promptCost: attributes.number("llm.cost.prompt"),
    outputCost: attributes.number("llm.cost.completion"),
    totalCost: attributes.number("llm.cost.total"),
  };
  return withoutUndefined(said) ?? {};
}

/** The parameters tell the request's model where `llm.model_name` has become the response's. */
function readModels(attributes: SpanAttributes, type: string | undefined): DialectReading {
  const kernel = readKernel(attributes, type);
  const named = attributes.text("llm.model_name");
  const responseModel =
    attributes.text("llm.response.model_name") ?? (named === kernel?.model ? undefined : named);
  return { kernel, ...(responseModel !== undefined && { responseModel }) };
}

function readKernel(
  attributes: SpanAttributes,
  type: string | undefined,
): DialectReading["kernel"] {
  const parameters = asObject(
    attributes.json("llm.invocation_parameters", "embedding.invocation_parameters"),
  );
  const tools = flatList(attributes, "llm.tools").map((entry) => ({
    name: entry["tool.name"],
    description: entry["tool.description"],
    ...asObject(asStructure(entry["tool.json_schema"] ?? entry.json_schema)),
  }));
  return withoutUndefined({
    ...parameters,
    model:
      attributes.text("llm.request.model_name") ??
      asText(parameters?.model) ??
      attributes.text("llm.model_name") ??
      (type === "RERANKER" ? attributes.text("reranker.model_name") : undefined) ??
      attributes.text("embedding.model_name"),
    provider:
      attributes.text("llm.provider", "llm.system") ??
      asObject(attributes.json("metadata"))?.ls_provider,
    template: attributes.text("llm.prompt_template.template"),
    tools: tools.length > 0 ? tools : parameters?.tools,
  });
}

function readMetadata(attributes: SpanAttributes): DialectReading["metadata"] {
  const given = attributes.json("metadata");
  return withoutUndefined({
    ...(asObject(given) ?? (given === undefined ? {} : { metadata: given })),
    tags: attributes.texts("tag.tags"),
    prompt_version: attributes.text("llm.prompt_template.version"),
    graph_node: attributes.text("graph.node.name", "graph.node.id"),
  });
}

/** The fields that say something; `undefined` for none. */
function withoutUndefined<T>(
  fields: Readonly<Record<string, T | undefined>>,
): Readonly<Record<string, T>> | undefined {
  const said = Object.entries(fields).filter(
    (entry): entry is [string, T] => entry[1] !== undefined,
  );
  return said.length > 0 ? Object.fromEntries(said) : undefined;
}
