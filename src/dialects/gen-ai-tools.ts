import { underPrefix } from "./attribute-prefix.ts";
import { asObject } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";
import type { SpanAttributes } from "./span-attributes.ts";

/**
 * What went into a tool, a retrieval, a reranking or a memory, and what came out of it. Says
 * nothing of inputs and outputs where a span has none of these.
 */
export function genAiToolContent(
  attributes: SpanAttributes,
  operation: string | undefined,
): DialectReading {
  const name = attributes.text("gen_ai.tool.name");
  const description = attributes.text("gen_ai.tool.description");
  const inputs = toolInputs(attributes) ?? queryInputs(attributes, operation);
  const output =
    attributes.json(
      "gen_ai.tool.call.result",
      "gen_ai.tool.output",
      ...(operation === "execute_tool" ? ["code.function.return.value"] : []),
    ) ??
    attributes.json("gen_ai.retrieval.documents") ??
    (operation === SEARCH_MEMORY ? attributes.json("gen_ai.memory.records") : undefined);
  return {
    tool: name === undefined ? undefined : { name, description },
    ...(inputs !== undefined && { inputs }),
    ...(output !== undefined && { output }),
  };
}

const SEARCH_MEMORY = "search_memory";

function toolInputs(attributes: SpanAttributes): unknown {
  const given = attributes.json("gen_ai.tool.call.arguments", "gen_ai.tool.input");
  return given === undefined ? calledWith(attributes) : (asObject(given) ?? { arguments: given });
}

const PARAMETERS = "code.function.parameters.";
const VALUE = ".value";

/** `code.function.parameters.city.value`, as the instrumentation of Google's SDK names a function's arguments. */
function calledWith(attributes: SpanAttributes): unknown {
  const given = Object.entries(underPrefix(attributes.all, PARAMETERS) ?? {})
    .filter(([name]) => name.endsWith(VALUE))
    .map(([name, value]) => [name.slice(0, -VALUE.length), value] as const);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

function queryInputs(attributes: SpanAttributes, operation: string | undefined): unknown {
  const isWritten = operation !== SEARCH_MEMORY;
  const inputs = {
    query: attributes.text("gen_ai.retrieval.query.text", "gen_ai.memory.query.text"),
    data_source: attributes.text("gen_ai.data_source.id"),
    store: attributes.text("gen_ai.memory.store.id"),
    record: attributes.text("gen_ai.memory.record.id"),
    records: isWritten ? attributes.json("gen_ai.memory.records") : undefined,
    input: attributes.json("gen_ai.embeddings.input"),
  };
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}
