import type { JsonText } from "../base/json-text.ts";

/** The JSON text of an object with these texts as its values. No value is encoded again. */
export function joinObject(values: Readonly<Record<string, JsonText>>): JsonText {
  let text = "";
  for (const key in values)
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${values[key]}`;
  return `{${text}}` as JsonText;
}

/** The object that a text stands for; `undefined` for a text of anything else. */
export function objectOf(text: JsonText | undefined): Record<string, unknown> | undefined {
  return text?.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : undefined;
}

/** The number that a text stands for; `undefined` for a text of anything else. */
export function numberOf(text: JsonText | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
