import { ATTR_PROVIDER_NAME, ATTR_REQUEST_MODEL } from "../base/attributes.ts";
import { asStructure } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { indexedEntries } from "./indexed-attributes.ts";
import type { SpanAttributes } from "./span-attributes.ts";

/** The request's parameters from `gen_ai.request.*`, by the names of now and before. */
export function genAiKernel(
  attributes: SpanAttributes,
  operation: string | undefined,
): DialectReading["kernel"] {
  const request = (name: string, ...others: string[]): number | undefined =>
    attributes.number(`gen_ai.request.${name}`, ...others);
  return {
    model: attributes.text(ATTR_REQUEST_MODEL),
    endpoint: operation === "text_completion" ? "complete" : undefined,
    provider: providerOf(attributes),
    temperature: request("temperature", "llm.temperature"),
    top_p: request("top_p", "llm.top_p"),
    max_tokens: request("max_tokens", "gen_ai.request.max_output_tokens"),
    frequency_penalty: request("frequency_penalty", "llm.frequency_penalty"),
    presence_penalty: request("presence_penalty", "llm.presence_penalty"),
    seed: request("seed", "gen_ai.openai.request.seed"),
    stop: attributes.texts("gen_ai.request.stop_sequences", "llm.chat.stop_sequences"),
    response_format: responseFormat(attributes),
    tools: offeredTools(attributes),
    other: {
      top_k: request("top_k", "llm.top_k"),
      n: request("choice.count"),
      stream: attributes.boolean(
        "gen_ai.request.stream",
        "gen_ai.request.is_stream",
        "llm.is_streaming",
      ),
      reasoning_effort: attributes.text(
        "gen_ai.request.reasoning.level",
        "gen_ai.request.reasoning_effort",
        "llm.request.reasoning_effort",
      ),
      service_tier: attributes.text(
        "openai.request.service_tier",
        "gen_ai.openai.request.service_tier",
      ),
      output_type: outputType(attributes),
      dimensions: attributes.number("gen_ai.embeddings.dimension.count"),
      encoding_formats: attributes.texts("gen_ai.request.encoding_formats"),
    },
  };
}

/** Text and JSON are said by the response format. */
function outputType(attributes: SpanAttributes): string | undefined {
  const type = attributes.text("gen_ai.output.type");
  return type === "text" || type === "json" ? undefined : type;
}

function responseFormat(attributes: SpanAttributes): unknown {
  const schema = attributes.json("gen_ai.request.structured_output_schema");
  if (schema !== undefined) return { type: "json_schema", json_schema: schema };
  const type =
    attributes.text("gen_ai.openai.request.response_format") ??
    attributes.text("gen_ai.output.type");
  if (type === "json") return { type: "json_object" };
  return type === "json_object" || type === "json_schema" ? { type } : undefined;
}

/** As one attribute, or as OpenLLMetry's `llm.request.functions.0.name`. */
function offeredTools(attributes: SpanAttributes): unknown {
  const given = attributes.json("gen_ai.tool.definitions", "gen_ai.request.available_tools");
  if (given !== undefined) return given;
  const functions = indexedEntries(attributes.all, "llm.request.functions").map((entry) => ({
    name: entry.name,
    description: entry.description,
    parameters: asStructure(entry.parameters),
  }));
  return functions.length > 0 ? functions : undefined;
}

/** LangSmith says `langchain` of a provider that it does not know. */
function providerOf(attributes: SpanAttributes): string | undefined {
  const name = attributes.text(ATTR_PROVIDER_NAME, "gen_ai.system");
  return name === "langchain" ? undefined : name;
}
