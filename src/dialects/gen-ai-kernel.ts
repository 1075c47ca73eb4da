import { ATTR_PROVIDER_NAME, ATTR_REQUEST_MODEL } from "../base/attributes.ts";
import { asList, asNumber, asObject, asStructure, asText, asTexts } from "./attribute-values.ts";

/** Provider names of the conventions, by the Log API's name. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  "aws.bedrock": "bedrock",
  "az.ai.inference": "openai_azure",
  "az.ai.openai": "openai_azure",
  "azure.ai.inference": "openai_azure",
  "azure.ai.openai": "openai_azure",
  cohere: "cohere",
  deepseek: "deepseek",
  "gcp.gemini": "google",
  "gcp.gen_ai": "google",
  "gcp.vertex_ai": "google",
  gemini: "google",
  groq: "groq",
  openai: "openai",
  vertex_ai: "google",
};

/**
 * The Prompt's kernel from the request's `gen_ai.*` attributes: model, parameters, tools.
 *
 * A parameter that the kernel has no field for goes to `other`. A provider that the Log API has
 * no name for goes to `attributes`.
 */
export function promptKernel(
  attributes: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const request = (name: string): number | undefined =>
    asNumber(attributes[`gen_ai.request.${name}`]);
  const providerName =
    asText(attributes[ATTR_PROVIDER_NAME]) ?? asText(attributes["gen_ai.system"]);
  const provider = providerName === undefined ? undefined : PROVIDERS[providerName];
  const stop = asTexts(attributes["gen_ai.request.stop_sequences"]);
  const tools = toolFunctions(attributes["gen_ai.tool.definitions"]);
  return withoutUndefined({
    model: asText(attributes[ATTR_REQUEST_MODEL]) ?? "unknown",
    endpoint: attributes["gen_ai.operation.name"] === "text_completion" ? "complete" : "chat",
    provider,
    temperature: request("temperature"),
    top_p: request("top_p"),
    max_tokens: request("max_tokens"),
    frequency_penalty: request("frequency_penalty"),
    presence_penalty: request("presence_penalty"),
    seed: request("seed"),
    stop: stop.length > 0 ? stop : undefined,
    response_format:
      attributes["gen_ai.output.type"] === "json" ? { type: "json_object" } : undefined,
    tools: tools.length > 0 ? tools : undefined,
    other: unlessEmpty({
      top_k: request("top_k"),
      n: request("choice.count"),
      reasoning_effort: asText(attributes["gen_ai.request.reasoning.level"]),
    }),
    attributes: unlessEmpty({ provider: provider === undefined ? providerName : undefined }),
  });
}

/** The tools that were offered: `{name, description, parameters}`. */
function toolFunctions(value: unknown): readonly unknown[] {
  return asList(asStructure(value)).flatMap((entry) => {
    const definition = asObject(asStructure(entry));
    const called = asObject(definition?.function) ?? definition;
    const name = asText(called?.name);
    if (called === undefined || name === undefined) return [];
    const { description, parameters, strict } = called;
    return [withoutUndefined({ name, description: asText(description) ?? "", strict, parameters })];
  });
}

function unlessEmpty(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> | undefined {
  const kept = withoutUndefined(values);
  return Object.keys(kept).length > 0 ? kept : undefined;
}

function withoutUndefined(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
