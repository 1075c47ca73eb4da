import { dataProperty, errorProperty, functionName } from "./data-property.ts";

/** Written as what this method of theirs gives: their text, or the primitive inside. */
const SCALARS = [
  ["toString", RegExp],
  ["toString", URL],
  ["toString", URLSearchParams],
  ["valueOf", String],
  ["valueOf", Number],
  ["valueOf", Boolean],
] as const;
/** Nothing in them is for JSON: their name stands, and their size where they have one. */
const OPAQUE = [
  Object.getPrototypeOf(Uint8Array) as Uint8ArrayConstructor,
  ArrayBuffer,
  DataView,
  Blob,
  Promise,
  WeakMap,
  WeakSet,
] as const;

/**
 * What stands for an object of a built-in class in JSON: a date's ISO string, a map's entries,
 * a byte array's size ... `undefined`: not such an object.
 *
 * Nothing of the user's runs: classes are told by their prototype chain, and their contents are
 * read through the built-ins' own methods.
 */
export function builtinValue(object: object): { readonly value: unknown } | undefined {
  if (object instanceof Error) return { value: readError(object) };
  if (object instanceof Date) return { value: readDate(object) };
  if (object instanceof Map) return { value: entriesToObject(Map.prototype.entries.call(object)) };
  if (object instanceof Set) return { value: [...Set.prototype.values.call(object)] };
  if (object instanceof Headers) {
    return { value: entriesToObject(Headers.prototype.entries.call(object)) };
  }
  for (const [method, type] of SCALARS) {
    if (object instanceof type) {
      return { value: Reflect.apply(type.prototype[method], object, []) };
    }
  }
  for (const type of OPAQUE) {
    if (object instanceof type) return { value: label(object, type.prototype) };
  }
  return undefined;
}

function readDate(date: Date): string {
  const millis = Date.prototype.getTime.call(date);
  return Number.isNaN(millis) ? "[invalid date]" : Date.prototype.toISOString.call(date);
}

/** An object where every key is a string, else the list of pairs. */
function entriesToObject(entries: Iterable<[unknown, unknown]>): unknown {
  const pairs = [...entries];
  if (!pairs.every(([key]) => typeof key === "string")) return pairs;
  return Object.fromEntries(pairs);
}

/** Name, message, cause, errors and own properties. The stack is left to the exception event. */
function readError(error: Error): unknown {
  const object: Record<string, unknown> = Object.create(null);
  for (const key of ["name", "message", "cause", "errors"] as const) {
    object[key] = errorProperty(error, key);
  }
  for (const key of Object.keys(error)) object[key] ??= dataProperty(error, key);
  return object;
}

/** `[Uint8Array: 3 bytes]`, `[Promise]`. */
function label(object: object, prototype: object): string {
  const name = functionName(dataProperty(object, "constructor"));
  const size = prototype === Blob.prototype ? "size" : "byteLength";
  const bytes: unknown = Reflect.get(prototype, size, object);
  return bytes === undefined ? `[${name}]` : `[${name}: ${bytes} bytes]`;
}
