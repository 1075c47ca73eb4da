import { asStructure } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";
import type { SpanAttributes } from "./span-attributes.ts";
import { vectorSize } from "./vectors.ts";

/**
 * What was embedded, reranked or decided on, and what came of it. Of a vector only its size is kept.
 */
export function embeddingPayload(attributes: SpanAttributes): DialectReading {
  const value = (name: string): unknown => parsed(attributes.json(name));
  const values = value("ai.values") ?? value("ai.value") ?? value("ai.documents");
  const vectors = attributes.all["ai.embeddings"] ?? attributes.all["ai.embedding"];
  const output =
    vectors === undefined
      ? (value("ai.ranking") ?? attributes.text("ai.response.text"))
      : sizes(vectors);
  return {
    inputs: values === undefined ? undefined : { values },
    output,
  };
}

/** Each entry of a list is JSON text of its own. */
function parsed(value: unknown): unknown {
  return Array.isArray(value) ? value.map(asStructure) : value;
}

function sizes(vectors: unknown): unknown {
  if (!Array.isArray(vectors)) return vectorSize(vectors);
  return vectors.every((entry) => typeof entry === "number")
    ? vectorSize(vectors)
    : vectors.map(vectorSize);
}
