import { type JsonText, toJsonText } from "../base/json-text.ts";

/** The JSON text of an object with these texts as its values. No value is encoded again. */
export function joinObject(values: Readonly<Record<string, JsonText>>): JsonText {
  let text = "";
  for (const key in values)
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${values[key]}`;
  return `{${text}}` as JsonText;
}

/**
 * The object's text with one value set. A text that is no object becomes the `value` of a new
 * one, so that nothing is lost.
 */
export function setInObject(object: JsonText | undefined, key: string, value: JsonText): JsonText {
  const entry = `${JSON.stringify(key)}:${value}`;
  if (object === undefined || object === "{}" || object === "null") return `{${entry}}` as JsonText;
  if (!object.startsWith("{")) return `{"value":${object},${entry}}` as JsonText;
  // The key may only look like one inside; then parsing finds nothing to take out.
  const own = object.includes(`${JSON.stringify(key)}:`) ? withoutKey(object, key) : object;
  return own === "{}" ? (`{${entry}}` as JsonText) : (`${own.slice(0, -1)},${entry}}` as JsonText);
}

function withoutKey(object: JsonText, key: string): JsonText {
  const { [key]: _, ...others } = JSON.parse(object) as Record<string, unknown>;
  return toJsonText(others);
}

/** The first object's values, and the second's where the first has none. Both may be missing. */
export function mergeObjects(
  first: JsonText | undefined,
  second: JsonText | undefined,
): JsonText | undefined {
  if (!second?.startsWith("{")) return first ?? second;
  if (!first?.startsWith("{")) return first ?? second;
  return toJsonText({ ...(JSON.parse(second) as object), ...(JSON.parse(first) as object) });
}
