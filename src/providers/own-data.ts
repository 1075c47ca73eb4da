import { dataProperty, isObject } from "../base/data-property.ts";

/** An object's own data, by key. */
export type Data = Readonly<Record<string, unknown>>;

/**
 * The value's own data to look into; `undefined` for anything but an object. A copy, so that no
 * getter of the user's is run by reading it.
 */
export function asObject(value: unknown): Data | undefined {
  if (!isObject(value) || Array.isArray(value)) return undefined;
  const data: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) data[key] = dataProperty(value, key);
  return data;
}

/** No response has more parts; a proxy may claim any length. */
const MAX_ENTRIES = 100_000;

/** The objects of a list, each one's own data. Empty for anything but a list. */
export function asObjects(value: unknown): readonly Data[] {
  if (!Array.isArray(value)) return [];
  const objects: Data[] = [];
  const length = Math.min(asCount(dataProperty(value, "length")) ?? 0, MAX_ENTRIES);
  for (let index = 0; index < length; index++) {
    const object = asObject(dataProperty(value, index));
    if (object !== undefined) objects.push(object);
  }
  return objects;
}

/** The value when it is a string that says something. */
export function asString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The value when it is a count. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && Number.isFinite(value) ? value : undefined;
}

/** The same name in snake case. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A field by its name or the same in snake case: clients rename what the wire has, or write both. */
export function field(data: Data | undefined, name: string): unknown {
  return data?.[name] ?? data?.[snakeCase(name)];
}

/** The counts that are there, added up; `undefined` when there is none. */
export function sum(...counts: readonly unknown[]): number | undefined {
  const known = counts.map(asCount).filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}

/** A copy without these keys and without what is not set. */
export function without(data: Data, keys: Iterable<string> = []): Record<string, unknown> {
  const left = new Set(keys);
  return Object.fromEntries(
    Object.entries(data).filter(([key, value]) => value != null && !left.has(key)),
  );
}

/** The object, or `undefined` where it holds nothing. */
export function unlessEmpty<T extends object>(data: T): T | undefined {
  return Object.keys(data).length > 0 ? data : undefined;
}
