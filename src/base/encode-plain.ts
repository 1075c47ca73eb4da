import { fitsBytes, MAX_DEPTH } from "./encode-limits.ts";
import type { JsonText } from "./json-text.ts";
import { isSecretKey, maskSecrets } from "./mask.ts";

/** The size of what is not plain data: larger than any cap. */
const NOT_PLAIN = Number.POSITIVE_INFINITY;

/**
 * The fast way, for data that `JSON.stringify` writes without running anything of the user's.
 * `undefined`: not such data, or too large.
 */
export function encodePlain(value: unknown, maxBytes: number): JsonText | undefined {
  try {
    if (plainSize(value, maxBytes, 0) > maxBytes) return undefined;
    const text = JSON.stringify(value);
    if (text === undefined) return undefined;
    const masked = maskSecrets(text) as JsonText;
    return fitsBytes(masked, maxBytes) ? masked : undefined;
  } catch {
    return undefined;
  }
}

/** A lower bound of the text's size; `NOT_PLAIN` for anything that is not plain data. */
function plainSize(value: unknown, maxBytes: number, depth: number): number {
  switch (typeof value) {
    case "string":
      return value.length + 2;
    case "boolean":
      return 4;
    case "number":
      return Number.isFinite(value) ? 1 : NOT_PLAIN;
    case "object":
      if (value === null) return 4;
      if (depth >= MAX_DEPTH) return NOT_PLAIN;
      return Array.isArray(value)
        ? plainArraySize(value, maxBytes, depth)
        : plainObjectSize(value, maxBytes, depth);
    default:
      return NOT_PLAIN;
  }
}

function plainArraySize(array: readonly unknown[], maxBytes: number, depth: number): number {
  if (Object.getPrototypeOf(array) !== Array.prototype || hasToJson(array)) return NOT_PLAIN;
  let size = 2;
  for (let index = 0; index < array.length && size <= maxBytes; index++) {
    size += 1 + propertySize(array, index, maxBytes, depth);
  }
  return size;
}

function plainObjectSize(object: object, maxBytes: number, depth: number): number {
  const prototype = Object.getPrototypeOf(object);
  if ((prototype !== Object.prototype && prototype !== null) || hasToJson(object)) {
    return NOT_PLAIN;
  }
  let size = 2;
  for (const key of Object.keys(object)) {
    if (size > maxBytes) break;
    size += isSecretKey(key) ? NOT_PLAIN : key.length + propertySize(object, key, maxBytes, depth);
  }
  return size;
}

/** A `toJSON` that is not listed among the keys, or that a proxy gives to whoever asks. */
function hasToJson(object: object): boolean {
  return "toJSON" in object || (object as { toJSON?: unknown }).toJSON !== undefined;
}

/** A hole or a getter is not plain; `undefined` is left out of an object, and `null` in a list. */
function propertySize(object: object, key: PropertyKey, maxBytes: number, depth: number): number {
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (property === undefined || !("value" in property)) return NOT_PLAIN;
  return property.value === undefined ? 0 : plainSize(property.value, maxBytes, depth + 1);
}
