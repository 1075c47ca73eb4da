import type { LogType } from "../base/log-types.ts";
import { underPrefix, without } from "./attribute-prefix.ts";
import { asList, asNumber, asObject, asText } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { pathName } from "./path-name.ts";
import { SpanAttributes } from "./span-attributes.ts";
import { spanPayload } from "./span-payload.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What Braintrust's span types are as logs. A score is none: its call of a model, if any, is a span of its own. */
const KINDS: ReadonlyMap<string, readonly [LogType | "none", operation: string]> = new Map([
  ["llm", ["prompt", "chat"]],
  ["tool", ["tool", "execute_tool"]],
  ["task", ["flow", "task"]],
  ["function", ["flow", "function"]],
  ["eval", ["flow", "eval"]],
  ["score", ["none", "score"]],
]);

/**
 * Spans of Braintrust's SDKs for OpenTelemetry (Go, Java, Ruby), and what its guide has users set by hand.
 *
 * @see https://www.braintrust.dev/docs/integrations/sdk-integrations/opentelemetry
 */
export const braintrust: Dialect = {
  roots: ["braintrust"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const type = asText(fieldsOf(attributes, "span_attributes").type)?.toLowerCase();
    const [kind, operation] = (type === undefined ? undefined : KINDS.get(type)) ?? [];
    const metadata = fieldsOf(attributes, "metadata");
    const isCall = kind === "prompt";
    const name = pathName(span.name, asText(metadata.model));
    const tags = attributes.texts("braintrust.tags");
    return {
      kind,
      inference: kind && isCall,
      operation,
      name: kind === undefined || kind === "none" ? undefined : name,
      tool: kind === "tool" ? { name: span.name } : undefined,
      ...readContent(attributes, kind, operation),
      ...readMetrics(fieldsOf(attributes, "metrics")),
      kernel: isCall ? parametersOf(metadata) : undefined,
      metadata: without({ ...(isCall ? {} : metadata), tags }),
      unreadable: attributes.unreadable,
    };
  },
};

/** One attribute of JSON, or an attribute for each field. */
function fieldsOf(attributes: SpanAttributes, name: string): Fields {
  return {
    ...asObject(attributes.json(`braintrust.${name}`)),
    ...underPrefix(attributes.all, `braintrust.${name}.`),
  };
}

function readContent(
  attributes: SpanAttributes,
  kind: DialectReading["kind"],
  operation: string | undefined,
): DialectReading {
  const input = attributes.json("braintrust.input_json", "braintrust.input");
  const output = attributes.json("braintrust.output_json", "braintrust.output");
  // OpenAI's choices stand alone.
  const areChoices = asObject(asObject(asList(output)[0])?.message) !== undefined;
  return spanPayload(kind, operation, input, areChoices ? { choices: output } : output).content;
}

const PARAMETERS = [
  "model",
  "provider",
  "temperature",
  "top_p",
  "max_tokens",
  "max_output_tokens",
  "max_completion_tokens",
  "stop",
  "seed",
  "presence_penalty",
  "frequency_penalty",
  "response_format",
  "reasoning_effort",
  "tools",
  "tool_choice",
] as const;

/** A call's metadata holds the request's parameters beside what the response says of itself. */
function parametersOf(metadata: Fields): Fields {
  return Object.fromEntries(PARAMETERS.map((name) => [name, metadata[name]]));
}

function readMetrics(metrics: Fields): DialectReading {
  const number = (name: string): number | undefined => asNumber(metrics[name]);
  return {
    promptTokens: number("prompt_tokens"),
    outputTokens: number("completion_tokens"),
    cachedTokens: number("prompt_cached_tokens"),
    cacheWriteTokens: number("prompt_cache_creation_tokens"),
    reasoningTokens: number("completion_reasoning_tokens"),
    totalCost: number("estimated_cost"),
    timeToFirstTokenSeconds: number("time_to_first_token"),
  };
}
