import { underPrefix } from "./attribute-prefix.ts";
import { asList, asObject, asStructure } from "./attribute-values.ts";
import type { SpanAttributes } from "./span-attributes.ts";

/** Settings that make the answer what it is; `maxRetries` and its like do not. */
const PARAMETERS = [
  "frequencyPenalty",
  "maxOutputTokens",
  "maxTokens",
  "presencePenalty",
  "reasoning",
  "seed",
  "stopSequences",
  "temperature",
  "topK",
  "topP",
] as const;

/** The kernel of one call of a model: the model, its provider, `ai.settings.*`, and the tools. */
export function aiSdkSettings(attributes: SpanAttributes): Readonly<Record<string, unknown>> {
  const settings = underPrefix(attributes.all, "ai.settings.") ?? {};
  const tools = asList(attributes.json("ai.prompt.tools")).map((tool) =>
    asObject(asStructure(tool)),
  );
  const model = attributes.text("ai.model.id");
  const provider = attributes.text("ai.model.provider");
  const isObject = attributes.text("ai.operationId", "operation.name")?.includes("Object.do");
  return {
    model,
    // A gateway names the model's provider before the model.
    provider: provider === "gateway" ? model?.split("/")[0] : provider,
    ...Object.fromEntries(PARAMETERS.map((name) => [name, settings[name]])),
    tools: tools.length > 0 ? tools : undefined,
    responseFormat: isObject ? { type: "json_object" } : undefined,
  };
}
