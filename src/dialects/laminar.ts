import type { LogType } from "../base/log-types.ts";
import { underPrefix, without } from "./attribute-prefix.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { pathName } from "./path-name.ts";
import { SpanAttributes } from "./span-attributes.ts";
import { spanPayload } from "./span-payload.ts";

/** What Laminar's span types are as logs; every other one is a function that was observed. */
const KINDS: ReadonlyMap<string, LogType> = new Map([
  ["LLM", "prompt"],
  ["TOOL", "tool"],
]);

const OPERATIONS: Readonly<Record<LogType, string>> = {
  flow: "function",
  prompt: "chat",
  tool: "execute_tool",
};

const PROPERTIES = "lmnr.association.properties.";

/**
 * Spans of Laminar: functions under `observe` are Flows, its own kinds of evaluation too. Model and tokens are in
 * OpenTelemetry's words.
 *
 * @see https://docs.laminar.sh/tracing/otel
 */
export const laminar: Dialect = {
  roots: ["lmnr"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const type = readType(attributes);
    const kind = type === undefined ? undefined : (KINDS.get(type) ?? "flow");
    const model = attributes.text("gen_ai.request.model", "gen_ai.response.model");
    return {
      kind,
      inference: kind && kind === "prompt",
      operation: kind && OPERATIONS[kind],
      name: kind && pathName(span.name, model),
      tool: kind === "tool" ? { name: span.name } : undefined,
      ...readContent(attributes, kind),
      reasoningTokens: attributes.number(
        "gen_ai.usage.reasoning_tokens",
        "gen_ai.usage.reasoning_output_tokens",
      ),
      promptCost: attributes.number("gen_ai.usage.input_cost"),
      outputCost: attributes.number("gen_ai.usage.output_cost"),
      totalCost: attributes.number("gen_ai.usage.cost"),
      ...readAround(attributes),
      unreadable: attributes.unreadable,
    };
  },
};

/** The type; an observed function's that was given none tells itself by what it took and gave. */
function readType(attributes: SpanAttributes): string | undefined {
  const type = attributes.text("lmnr.span.type");
  // A call that was answered from Laminar's cache.
  if (type === "CACHED") return attributes.text("lmnr.span.original_type");
  return type ?? (attributes.has("lmnr.span.input", "lmnr.span.output") ? "DEFAULT" : undefined);
}

function readContent(attributes: SpanAttributes, kind: LogType | undefined): DialectReading {
  const input = attributes.json("lmnr.span.input");
  const output = attributes.json("lmnr.span.output");
  const { content, parameters } = spanPayload(kind, undefined, input, output);
  return { ...content, kernel: parameters };
}

const TAKEN: ReadonlySet<string> = new Set([
  "session_id",
  "user_id",
  "trace_type",
  "tracing_level",
]);

function readAround(attributes: SpanAttributes): DialectReading {
  const given = underPrefix(attributes.all, PROPERTIES) ?? {};
  const named = Object.entries(given).map(([name, value]) => [
    name.replace(/^metadata\./, ""),
    value,
  ]);
  return {
    sessionId: attributes.text(`${PROPERTIES}session_id`),
    user: attributes.text(`${PROPERTIES}user_id`),
    metadata: without(Object.fromEntries(named), TAKEN),
  };
}
