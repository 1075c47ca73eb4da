import type { JsonText } from "../base/json-text.ts";

/** The JSON text of an object with these texts as its values. No value is encoded again. */
export function joinObject(values: Readonly<Record<string, JsonText>>): JsonText {
  let text = "";
  for (const key in values)
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${values[key]}`;
  return `{${text}}` as JsonText;
}
