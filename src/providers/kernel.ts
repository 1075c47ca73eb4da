import { logApiProvider } from "../base/provider-names.ts";
import { asObject, asString, type Data, unlessEmpty, without } from "./own-data.ts";

/** What a Prompt's kernel is made of. What is `null` or `undefined` is left out. */
export interface KernelParts {
  readonly model: string | undefined;
  readonly providerName: string | undefined;
  /** By default `chat`. */
  readonly endpoint?: "chat" | "complete";
  /** Values for the kernel's own fields, by their wire names. */
  readonly parameters: Data;
  /** Functions, as `toolFunction` makes them. */
  readonly tools?: readonly Data[];
  /** Parameters that the kernel has no field for. */
  readonly other?: Data;
}

/** The form of each field. A Log API refuses a log for one value of another. */
const FORMS: Readonly<Record<string, (value: unknown) => boolean>> = {
  temperature: isNumber,
  top_p: isNumber,
  presence_penalty: isNumber,
  frequency_penalty: isNumber,
  max_tokens: Number.isSafeInteger,
  seed: Number.isSafeInteger,
  stop: (value) =>
    typeof value === "string" ||
    (Array.isArray(value) && value.every((each) => typeof each === "string")),
  response_format: (value) => asObject(value) !== undefined,
  reasoning_effort: (value) => typeof value === "string" || Number.isSafeInteger(value),
};

/** A Prompt's kernel. A parameter of another form than its field's goes to `other`. */
export function promptKernel(parts: KernelParts): Data {
  const { model, providerName, endpoint = "chat", parameters, tools = [], other = {} } = parts;
  const provider = providerName === undefined ? undefined : logApiProvider(providerName);
  const fields: Record<string, unknown> = {};
  const others = without(other);
  for (const [name, value] of Object.entries(without(parameters))) {
    (FORMS[name]?.(value) ? fields : others)[name] = value;
  }
  return without({
    model: model ?? "unknown",
    endpoint,
    provider,
    ...fields,
    tools: tools.length > 0 ? tools : undefined,
    other: unlessEmpty(others),
    // A provider that the Log API has no name for.
    attributes: provider === undefined && providerName ? { provider: providerName } : undefined,
  });
}

/** A Tool's kernel of a call that embeds. */
export function embeddingsKernel(setup: Data): Data {
  return {
    function: { name: "embeddings", description: "Texts as vectors." },
    setup_values: without(setup),
  };
}

/** A function that the model may call; none without a name. */
export function toolFunction(
  definition: Data | undefined,
  parameters: unknown = definition?.parameters,
): readonly Data[] {
  const name = asString(definition?.name);
  if (name === undefined) return [];
  const { description, strict } = definition as Data;
  return [
    without({
      name,
      description: asString(description) ?? "",
      parameters: asObject(parameters),
      strict: typeof strict === "boolean" ? strict : undefined,
    }),
  ];
}

/** Tools that the provider runs itself, as they were asked for, but for what lets it in elsewhere. */
export function hostedTools(tools: readonly Data[]): readonly Data[] | undefined {
  const asked = tools.map((tool) =>
    without(tool, ["authorization", "authorization_token", "headers"]),
  );
  return asked.length > 0 ? asked : undefined;
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}
