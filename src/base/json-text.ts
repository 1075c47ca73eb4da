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
 * The JSON text of text that came from elsewhere (an attribute, another process): parsed and
 * written again, or `undefined` when it is not JSON.
 */
export function reparseJsonText(text: string): JsonText | undefined {
  try {
    return toJsonText(JSON.parse(text));
  } catch {
    return undefined;
  }
}
