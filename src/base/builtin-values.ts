import { className, errorProperty, prototypesOf } from "./data-property.ts";

type Reader = (object: never, most: number) => unknown;

/**
 * How to read an object of a built-in class through the platform's own methods, by the class's
 * name: another realm's classes are others. Each throws for what only claims to be of that class.
 */
const READERS: Readonly<Record<string, Reader | undefined>> = Object.assign(Object.create(null), {
  Error: readError,
  Date: readDate,
  RegExp: readRegExp,
  Map: (map: Map<unknown, unknown>, most: number) =>
    toEntries(Map.prototype.entries.call(map), own(Map, "size", map), most),
  Set: (set: Set<unknown>, most: number) =>
    firstOf(Set.prototype.values.call(set), own(Set, "size", set), most),
  Headers: (headers: Headers, most: number) =>
    toEntries(Headers.prototype.entries.call(headers), 0, most),
  URL: (url: URL) => URL.prototype.toString.call(url),
  URLSearchParams: (params: URLSearchParams) => URLSearchParams.prototype.toString.call(params),
  String: (boxed: string) => String.prototype.valueOf.call(boxed),
  Number: (boxed: number) => Number.prototype.valueOf.call(boxed),
  Boolean: (boxed: boolean) => Boolean.prototype.valueOf.call(boxed),
  TypedArray: (bytes: Uint8Array) => sized(bytes, Object.getPrototypeOf(Uint8Array), "byteLength"),
  DataView: (view: DataView) => sized(view, DataView, "byteLength"),
  ArrayBuffer: (buffer: ArrayBuffer) => sized(buffer, ArrayBuffer, "byteLength"),
  SharedArrayBuffer: (buffer: object) => sized(buffer, SharedArrayBuffer, "byteLength"),
  Blob: (blob: Blob) => sized(blob, Blob, "size"),
});

/**
 * What stands for an object of a built-in class in JSON: a date's ISO string, a map's entries,
 * a byte array's size ... `undefined`: not such an object.
 *
 * Nothing of the user's runs: classes are told by the names in their prototype chain, and their
 * contents are read through the built-ins' own methods.
 *
 * @param most of a map or set, how many values are read at the most.
 */
export function builtinValue(
  object: object,
  most: number,
): { readonly value: unknown } | undefined {
  for (const prototype of prototypesOf(object)) {
    if (prototype === Object.prototype) return undefined;
    const name = className(prototype);
    const read = READERS[name] ?? temporalReader(name);
    try {
      if (read !== undefined) return { value: read(object as never, most) };
    } catch {
      // A proxy, or a class of the user's with that name.
    }
  }
  return undefined;
}

/** `Temporal` brings one class for each kind of time, all with a `toJSON` of the platform's. */
function temporalReader(name: string): Reader | undefined {
  const { Temporal } = globalThis as { Temporal?: Record<string, { prototype: TemporalLike }> };
  const toJson = Temporal?.[name]?.prototype.toJSON;
  return toJson && ((object) => Reflect.apply(toJson, object, []));
}

interface TemporalLike {
  toJSON(): string;
}

/** What a getter of the platform's own says of an object. */
function own(type: { readonly prototype: object }, key: string, object: object): number {
  return Reflect.get(type.prototype, key, object) as number;
}

/** `[Uint8Array: 3 bytes]`: nothing in it is for JSON. */
function sized(object: object, type: { readonly prototype: object }, key: string): string {
  return `[${className(object)}: ${own(type, key, object)} bytes]`;
}

function readDate(date: Date): string {
  const millis = Date.prototype.getTime.call(date);
  return Number.isNaN(millis) ? "[invalid date]" : Date.prototype.toISOString.call(date);
}

function readRegExp(value: RegExp): string {
  // Throws for what is none: of that the copy would be made by a `toString` of the user's.
  own(RegExp, "source", value);
  return String(new RegExp(value));
}

/** An object where every key is a string and all are at hand, else the list of pairs. */
function toEntries(
  entries: Iterable<[unknown, unknown]>,
  size: number,
  most: number,
): Record<string, unknown> | readonly unknown[] {
  const pairs = firstOf(entries, size, most);
  return size <= most && pairs.every(([key]) => typeof key === "string")
    ? Object.fromEntries(pairs)
    : pairs;
}

/** The first of many, in a list that is as long as all of them. */
function firstOf<T>(values: Iterable<T>, size: number, most: number): T[] {
  const list: T[] = [];
  for (const value of values) {
    if (list.length >= most) break;
    list.push(value);
  }
  list.length = Math.max(size, list.length);
  return list;
}

/** Name, message and own properties such as the cause. The stack is the exception event's. */
function readError(error: Error): object {
  const copy: object = Object.create(null);
  const add = (key: string, property: PropertyDescriptor | undefined): void => {
    Object.defineProperty(copy, key, { ...property, enumerable: true, configurable: true });
  };
  add("name", { value: errorProperty(error, "name") });
  add("message", { value: errorProperty(error, "message") });
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key !== "stack") add(key, Object.getOwnPropertyDescriptor(error, key));
  }
  return copy;
}
