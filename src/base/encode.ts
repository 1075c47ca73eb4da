import { encodeAny } from "./encode-any.ts";
import type { EncodedField, EncodeLimits } from "./encode-limits.ts";
import { encodePlain } from "./encode-plain.ts";
import type { JsonText } from "./json-text.ts";
import { maskSecrets } from "./mask.ts";

/**
 * The JSON text of any value, encoded once: secrets masked, cut at the byte cap.
 *
 * Guarantees:
 * - never throws, whatever the value is or does;
 * - runs no getter and no `toJSON` of the user's;
 * - time and memory are linear in the value's size up to the cap.
 *
 * @param path where the value stands, for the mask: `inputs`, `output` ...
 */
export function encodeJson(value: unknown, path: string, limits: EncodeLimits): EncodedField {
  if (limits.mask === undefined) {
    const text = encodePlain(value, limits.maxFieldBytes);
    if (text !== undefined) return { text };
  }
  return encodeAny(value, path, limits);
}

/** A string-typed field: its text, plain and as JSON. */
export interface EncodedText extends EncodedField {
  readonly plain: string;
}

/**
 * A string-typed field from any value: a string as it is, anything else as its JSON text, then
 * written as a JSON string.
 */
export function encodeText(value: unknown, path: string, limits: EncodeLimits): EncodedText {
  const { plain, fullBytes } = encodePlainText(value, path, limits);
  return { text: JSON.stringify(plain) as JsonText, plain, fullBytes };
}

function encodePlainText(
  value: unknown,
  path: string,
  limits: EncodeLimits,
): Pick<EncodedText, "plain" | "fullBytes"> {
  const { mask, maxFieldBytes } = limits;
  if (typeof value !== "string") {
    // Inside a string every quote takes one byte more, so the cap is halved.
    const half = { mask, maxFieldBytes: maxFieldBytes / 2 };
    const { text, fullBytes } = encodeJson(value, path, half);
    return { plain: text, fullBytes };
  }
  // A control character takes six bytes.
  if (mask === undefined && value.length * 6 <= maxFieldBytes) {
    return { plain: maskSecrets(value) };
  }
  const { text, fullBytes } = encodeAny(value, path, limits);
  return { plain: JSON.parse(text) as string, fullBytes };
}
