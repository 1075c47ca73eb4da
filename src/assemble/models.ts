import { ATTR_PROVIDER_NAME, ATTR_REQUEST_MODEL } from "../base/attributes.ts";
import type { JsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { objectOf } from "./object-text.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** Names of the model that a call went to, the surest first: the response's, then the request's. */
export function modelsOf({ fields, meta }: SpanReading, span: SpanView): readonly string[] {
  const names = [
    plain(meta.response_model),
    parametersOf(fields)?.model,
    span.attributes[ATTR_REQUEST_MODEL],
  ].filter(isName);
  return [...new Set(names)];
}

/** The provider that a call went to, by the Log API's name or by any other that the span has. */
export function providerOf({ fields }: SpanReading, span: SpanView): string | undefined {
  const { provider, attributes } = parametersOf(fields) ?? {};
  const other = (attributes as Parameters | null | undefined)?.provider;
  return [provider, other, span.attributes[ATTR_PROVIDER_NAME]].find(isName);
}

/** A Prompt's kernel; of a Tool that calls a model, its attributes. */
function parametersOf({ prompt, tool }: SpanReading["fields"]): Parameters | undefined {
  return objectOf(prompt) ?? (objectOf(tool)?.attributes as Parameters | undefined);
}

function plain(text: JsonText | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text);
}

/** What is not known is called so. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value !== "unknown";
}
