import { logApiProvider } from "../base/provider-names.ts";
import { asList, asNumber, asObject, asStructure, asText } from "./attribute-values.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Other writers' names for the Log API's parameters. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["frequencyPenalty", "frequency_penalty"],
  ["maxOutputTokens", "max_tokens"],
  ["maxTokens", "max_tokens"],
  ["max_completion_tokens", "max_tokens"],
  ["max_new_tokens", "max_tokens"],
  ["max_output_tokens", "max_tokens"],
  ["max_tokens_to_sample", "max_tokens"],
  ["model_name", "model"],
  ["presencePenalty", "presence_penalty"],
  ["responseFormat", "response_format"],
  ["stopSequences", "stop"],
  ["stop_sequences", "stop"],
  ["topP", "top_p"],
]);

/**
 * What is no parameter: content, what is said elsewhere, and what is another thing in every call and would
 * make every call a version of its own.
 */
const NO_PARAMETERS: ReadonlySet<string> = new Set([
  "api_key",
  "completed_at",
  "contents",
  "conversation",
  "created",
  "created_at",
  "documents",
  "error",
  "extra_headers",
  "functions",
  "headers",
  "http_options",
  "id",
  "incomplete_details",
  "input",
  "inputs",
  "instructions",
  "messages",
  "metadata",
  "object",
  "output",
  "output_text",
  "previous_response_id",
  "prompt",
  "prompt_cache_key",
  "query",
  "response_metadata",
  "safety_identifier",
  "session_id",
  "status",
  "suffix",
  "system",
  "systemInstruction",
  "system_instruction",
  "texts",
  "timeout",
  "toolChoice",
  "tool_choice",
  "tool_config",
  "usage",
  "user",
]);

/** How each of the kernel's own fields has to be; a value that can't be made so goes to `other`. */
const TAKES: Readonly<Record<string, (value: unknown) => unknown>> = {
  endpoint: (value) => (/^(?:chat|complete|edit)$/.test(String(value)) ? value : undefined),
  template: (value) => asText(value) ?? (Array.isArray(value) ? value : undefined),
  template_language: asText,
  max_tokens: asInteger,
  temperature: asNumber,
  top_p: asNumber,
  stop: (value) => asText(value) ?? stopList(value),
  presence_penalty: asNumber,
  frequency_penalty: asNumber,
  seed: asInteger,
  response_format: (value) => (asText(asObject(value)?.type) === undefined ? undefined : value),
};

/**
 * A Prompt's kernel as a server takes it, from a request's parameters by any of their usual names.
 *
 * A parameter that the kernel has no field for goes to `other`, a provider that the Log API has no
 * name for to `attributes`.
 */
export function promptKernel(given: Fields, responseModel: string | undefined): Fields {
  const own: Record<string, unknown> = {};
  const other = new Map<string, unknown>();
  for (const [name, value] of Object.entries(given)) {
    const wire = ALIASES.get(name) ?? name;
    if (isNothing(value) || NOT_SORTED.has(wire)) continue;
    const taken = Object.hasOwn(TAKES, wire) ? TAKES[wire]?.(value) : undefined;
    if (taken !== undefined) own[wire] ??= taken;
    else if (!NO_PARAMETERS.has(wire)) other.set(name, value);
  }
  const tools = toolFunctions(given.tools ?? given.functions);
  const providerName = asText(given.provider);
  const provider = providerName === undefined ? undefined : logApiProvider(providerName);
  const otherProvider = provider === undefined ? providerName : undefined;
  const { endpoint = "chat", ...parameters } = own;
  return {
    model: asText(given.model) ?? asText(given.model_name) ?? responseModel ?? "unknown",
    endpoint,
    ...(provider !== undefined && { provider }),
    ...parameters,
    ...(tools.length > 0 && { tools }),
    ...unlessEmpty("other", { ...Object.fromEntries(other), ...asObject(given.other) }),
    ...unlessEmpty("attributes", {
      ...asObject(given.attributes),
      ...(otherProvider !== undefined && { provider: otherProvider }),
    }),
  };
}

function isNothing(value: unknown): boolean {
  return value == null || value === "" || (Array.isArray(value) && value.length === 0);
}

const NOT_SORTED: ReadonlySet<string> = new Set([
  "attributes",
  "model",
  "other",
  "provider",
  "tools",
]);

/**
 * The tools that were offered, as `{ name, description, parameters }`, from any provider's shape.
 * What has no name (a provider's own search) is left out.
 */
export function toolFunctions(value: unknown): readonly Fields[] {
  const given = asStructure(value);
  // The AI SDK and some frameworks name them by key.
  const list = Array.isArray(given)
    ? given
    : Object.entries(asObject(given) ?? {}).flatMap(([name, tool]) =>
        asObject(tool) === undefined ? [] : [{ name, ...asObject(tool) }],
      );
  return list.flatMap((entry) => {
    const definition = asObject(asStructure(entry));
    // Gemini's offer several in one.
    const several = definition?.functionDeclarations ?? definition?.function_declarations;
    if (Array.isArray(several)) return toolFunctions(several);
    const called = asObject(definition?.function) ?? asObject(definition?.toolSpec) ?? definition;
    const name = asText(called?.name);
    if (called === undefined || name === undefined) return [];
    const { strict } = called;
    const schema =
      called.parameters ?? called.inputSchema ?? called.input_schema ?? called.parametersJsonSchema;
    const parameters = asObject(asObject(schema)?.json) ?? asObject(asStructure(schema));
    return [
      {
        name,
        description: asText(called.description) ?? "",
        ...(typeof strict === "boolean" && { strict }),
        ...(parameters !== undefined && { parameters }),
      },
    ];
  });
}

function asInteger(value: unknown): number | undefined {
  const number = asNumber(value);
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

function stopList(value: unknown): readonly unknown[] | undefined {
  const texts = asList(value).filter((each) => typeof each === "string");
  return texts.length > 0 ? texts : undefined;
}

function unlessEmpty(name: string, values: Fields): Fields {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return kept.length > 0 ? { [name]: Object.fromEntries(kept) } : {};
}
