import { dataProperty, errorProperty } from "./data-property.ts";

/**
 * What stands for an object of a built-in class in JSON: a date's ISO string, a map's entries,
 * a byte array's size ... `undefined`: not such an object.
 *
 * Nothing of the user's runs: classes are told by their prototype chain, and their contents are
 * read through the built-ins' own methods.
 */
export function builtinValue(object: object): { readonly value: unknown } | undefined {
  for (const [type, read] of READERS) if (object instanceof type) return { value: read(object) };
  return undefined;
}

type Reader = readonly [
  type: abstract new (...args: never[]) => object,
  read: (object: never) => unknown,
];

const READERS: readonly (readonly [Reader[0], (object: object) => unknown])[] = (
  [
    [Date, (date: Date) => readDate(date)],
    [Map, (map: Map<unknown, unknown>) => entriesToObject([...Map.prototype.entries.call(map)])],
    [Set, (set: Set<unknown>) => [...Set.prototype.values.call(set)]],
    [Error, readError],
    [RegExp, (pattern: RegExp) => RegExp.prototype.toString.call(pattern)],
    [URL, (url: URL) => URL.prototype.toString.call(url)],
    [URLSearchParams, (params: URLSearchParams) => URLSearchParams.prototype.toString.call(params)],
    [Headers, (headers: Headers) => entriesToObject([...Headers.prototype.entries.call(headers)])],
    [ArrayBuffer, (buffer: ArrayBuffer) => `[ArrayBuffer: ${buffer.byteLength} bytes]`],
    [DataView, (view: DataView) => `[DataView: ${view.byteLength} bytes]`],
    [Object.getPrototypeOf(Uint8Array), readTypedArray],
    [Blob, (blob: Blob) => `[Blob: ${blob.size} bytes]`],
    [Promise, () => "[Promise]"],
    [WeakMap, () => "[WeakMap]"],
    [WeakSet, () => "[WeakSet]"],
    [String, (text: string) => String.prototype.valueOf.call(text)],
    [Number, (number: number) => Number.prototype.valueOf.call(number)],
    [Boolean, (boolean: boolean) => Boolean.prototype.valueOf.call(boolean)],
  ] as Reader[]
).map(([type, read]) => [type, read as (object: object) => unknown] as const);

function readDate(date: Date): string {
  const millis = Date.prototype.getTime.call(date);
  return Number.isNaN(millis) ? "[invalid date]" : Date.prototype.toISOString.call(date);
}

/** An object where every key is a string, else the list of pairs. */
function entriesToObject(entries: readonly (readonly [unknown, unknown])[]): unknown {
  if (!entries.every(([key]) => typeof key === "string")) return entries;
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, value] of entries) object[key as string] = value;
  return object;
}

/** Name, message, cause, errors and own properties. The stack is left to the exception event. */
function readError(error: Error): unknown {
  const object: Record<string, unknown> = Object.create(null);
  for (const key of ["name", "message", "cause", "errors"] as const) {
    const value = errorProperty(error, key);
    if (value !== undefined) object[key] = value;
  }
  for (const key of Object.keys(error)) object[key] ??= dataProperty(error, key);
  return object;
}

function readTypedArray(array: ArrayBufferView & { readonly length: number }): string {
  const name = dataProperty(Object.getPrototypeOf(array), "constructor");
  const label = typeof name === "function" ? name.name : "TypedArray";
  return `[${label}: ${array.byteLength} bytes]`;
}
