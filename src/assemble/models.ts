import { ATTR_PROVIDER_NAME, ATTR_REQUEST_MODEL } from "../base/attributes.ts";
import type { JsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { objectOf } from "./object-text.ts";

type Parameters = Readonly<Record<string, unknown>>;

/** What a call went to. */
export interface CalledModel {
  /** By the Log API's name or by any other that the span has. */
  readonly provider: string | undefined;
  /** Names of the model, the surest first: the response's, then the request's. */
  readonly models: readonly string[];
}

/** The model that a call went to, as far as its span names it. */
export function calledModel({ fields, meta }: SpanReading, span: SpanView): CalledModel {
  const { model, provider, attributes } = parametersOf(fields) ?? {};
  const other = (attributes as Parameters | null | undefined)?.provider;
  const names = [plain(meta.response_model), model, span.attributes[ATTR_REQUEST_MODEL]];
  return {
    provider: [provider, other, span.attributes[ATTR_PROVIDER_NAME]].find(isName),
    models: [...new Set(names.filter(isName))],
  };
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
