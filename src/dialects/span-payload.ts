import type { DialectReading } from "./dialect-reading.ts";
import { requestPayload } from "./request-payload.ts";
import { responsePayload } from "./response-payload.ts";
import { withoutVectors } from "./vectors.ts";

/** What went into a span and what came out of it. */
export interface SpanPayload {
  readonly content: DialectReading;
  /** The parameters of a model's call that stood beside its messages. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * The payloads of writers who keep whole inputs and outputs of any function, by the kind of the span: a model's call
 * has messages, a Flow has them where it was given some, a Tool's are kept as they are. Of embeddings only the
 * vectors' sizes are kept.
 */
export function spanPayload(
  kind: DialectReading["kind"],
  operation: string | undefined,
  input: unknown,
  output: unknown,
): SpanPayload {
  if (kind === "tool") {
    const kept = operation === "embeddings" ? withoutVectors(output) : output;
    return { content: { inputs: input, output: kept }, parameters: {} };
  }
  const isModelCall = kind === "prompt";
  const { parameters = {}, ...request } = requestPayload(input, isModelCall);
  return {
    content: { ...request, ...responsePayload(output, isModelCall) },
    parameters: isModelCall ? parameters : {},
  };
}
