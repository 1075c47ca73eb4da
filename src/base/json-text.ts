declare const jsonText: unique symbol;

/**
 * Valid JSON text of one value, already masked and within its byte cap.
 *
 * Only the encoder (`encode.ts`) and `toJsonText` make it, so that a request body can be put
 * together by joining such texts instead of encoding a second time.
 */
export type JsonText = string & { readonly [jsonText]: true };

/** The JSON text of a plain scalar or of a value known to be plain JSON. */
export function toJsonText(value: unknown): JsonText {
  return JSON.stringify(value) as JsonText;
}

/**
 * The text of two objects as one: keys of both, the later one's value where both have a key.
 * `undefined` counts as no object; a text that is no object is left out.
 */
export function mergeObjectTexts(
  first: JsonText | undefined,
  later: JsonText | undefined,
): JsonText | undefined {
  if (first === undefined || !isObjectText(first)) return later;
  if (later === undefined || !isObjectText(later) || later === "{}") return first;
  if (first === "{}") return later;
  // A repeated key is legal JSON, and every parser here keeps the last: no parsing is needed.
  return `${first.slice(0, -1)},${later.slice(1)}` as JsonText;
}

function isObjectText(text: string): boolean {
  return text.startsWith("{");
}
