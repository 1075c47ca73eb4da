import { encodeAny } from "./encode-any.ts";
import type { EncodedField, EncodeLimits } from "./encode-limits.ts";
import { encodePlain } from "./encode-plain.ts";
import type { JsonText } from "./json-text.ts";

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
    if (text !== undefined) return { text, fullBytes: undefined };
  }
  return encodeAny(value, path, limits);
}

/**
 * The JSON text of a string-typed field: a string as it is, anything else as its JSON text in a
 * string, already escaped.
 */
export function encodeText(value: unknown, path: string, limits: EncodeLimits): EncodedField {
  if (typeof value === "string") return encodeJson(value, path, limits);
  const inner = encodeJson(value, path, { ...limits, maxFieldBytes: limits.maxFieldBytes >> 1 });
  return { text: JSON.stringify(inner.text) as JsonText, fullBytes: inner.fullBytes };
}
