import type { LogType } from "../base/log-types.ts";
import { underPrefix, without } from "./attribute-prefix.ts";
import { asNumber, asObject, asText } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { pathName } from "./path-name.ts";
import { SpanAttributes } from "./span-attributes.ts";
import { spanPayload } from "./span-payload.ts";

/** What LangSmith's run types are as logs. Templates filled in and answers parsed are none. */
const KINDS: ReadonlyMap<string, readonly [LogType | "none", operation: string]> = new Map([
  ["llm", ["prompt", "chat"]],
  ["embedding", ["tool", "embeddings"]],
  ["tool", ["tool", "execute_tool"]],
  ["retriever", ["tool", "retrieval"]],
  ["chain", ["flow", "chain"]],
  ["prompt", ["none", "prompt"]],
  ["parser", ["none", "parser"]],
]);

/**
 * Runs that LangSmith exports to OpenTelemetry. Its `gen_ai.operation.name` is not believed: retrievers are
 * `embeddings` there, and filled-in templates `chat`.
 *
 * @see https://docs.langchain.com/langsmith/trace-with-opentelemetry
 */
export const langSmith: Dialect = {
  roots: ["langsmith"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const type = attributes.text("langsmith.span.kind")?.toLowerCase();
    const [kind, operation] = (type === undefined ? undefined : KINDS.get(type)) ?? [];
    const model = attributes.text("gen_ai.request.model", "langsmith.metadata.ls_model_name");
    const name = pathName(attributes.text("langsmith.trace.name") ?? span.name, model);
    return {
      kind,
      inference: kind && (kind === "prompt" || type === "embedding"),
      operation,
      name: kind === undefined || kind === "none" ? undefined : name,
      tool:
        kind === "tool"
          ? { name: attributes.text("langsmith.trace.name") ?? span.name }
          : undefined,
      ...readContent(attributes, kind, operation, model),
      ...readUsage(attributes),
      ...readAround(attributes),
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
  if (kind === undefined || kind === "none") return {};
  const { content, parameters } = spanPayload(
    kind,
    operation,
    attributes.json("gen_ai.prompt"),
    unwrapped(attributes.json("gen_ai.completion")),
  );
  return { ...content, kernel: readKernel(attributes, parameters, model) };
}

/** What a function returned that is no object stands in one. */
function unwrapped(value: unknown): unknown {
  const fields = asObject(value);
  const isWrapped = fields?.outputs !== undefined && Object.keys(fields).length === 1;
  return isWrapped ? fields.outputs : value;
}

function readKernel(
  attributes: SpanAttributes,
  parameters: Readonly<Record<string, unknown>>,
  model: string | undefined,
): DialectReading["kernel"] {
  const called = asObject(attributes.json("langsmith.metadata.invocation_params"));
  return {
    ...called,
    ...parameters,
    model: model ?? asText(called?.model),
    provider: attributes.text("langsmith.metadata.ls_provider"),
    temperature:
      parameters.temperature ??
      called?.temperature ??
      attributes.number("langsmith.metadata.ls_temperature"),
    max_tokens:
      parameters.max_tokens ??
      called?.max_tokens ??
      attributes.number("langsmith.metadata.ls_max_tokens"),
  };
}

/** LangChain's usage: cached tokens and reasoning are parts of the two numbers. */
function readUsage(attributes: SpanAttributes): DialectReading {
  const usage = asObject(attributes.json("langsmith.usage_metadata"));
  if (usage === undefined) return {};
  const input = asObject(usage.input_token_details);
  const output = asObject(usage.output_token_details);
  return {
    promptTokens: asNumber(usage.input_tokens),
    outputTokens: asNumber(usage.output_tokens),
    cachedTokens: asNumber(input?.cache_read),
    cacheWriteTokens: asNumber(input?.cache_creation),
    reasoningTokens: asNumber(output?.reasoning),
    promptCost: asNumber(usage.input_cost),
    outputCost: asNumber(usage.output_cost),
    totalCost: asNumber(usage.total_cost),
  };
}

const SESSION = ["thread_id", "session_id", "conversation_id"] as const;
const USER = ["user_id", "user"] as const;
/** What is read elsewhere, or says how LangSmith itself ran. */
const TAKEN: ReadonlySet<string> = new Set([
  ...SESSION,
  ...USER,
  "invocation_params",
  "usage_metadata",
]);

function readAround(attributes: SpanAttributes): DialectReading {
  const given = underPrefix(attributes.all, "langsmith.metadata.") ?? {};
  const text = (names: readonly string[]): string | undefined =>
    attributes.text(...names.map((name) => `langsmith.metadata.${name}`));
  const tags = attributes.text("langsmith.span.tags")?.split(/,\s*/);
  const own = Object.entries(given).filter(
    ([name]) => !/^(?:ls_|LANGSMITH_|LANGCHAIN_)/.test(name),
  );
  return {
    sessionId: text(SESSION),
    user: text(USER),
    metadata: without({ ...Object.fromEntries(own), tags }, TAKEN),
  };
}
