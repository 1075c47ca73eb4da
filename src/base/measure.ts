import { dataProperty, isObject } from "./data-property.ts";

/** Past this many values the size is a lower bound: the user's call must not wait for it. */
const MAX_VALUES = 100_000;

/**
 * About how many bytes a value's JSON text would take, counting shared objects once.
 * Runs no getter, needs no stack depth, never throws.
 */
export function measureBytes(value: unknown): number {
  const seen = new Set<object>();
  const rest: unknown[] = [value];
  let bytes = 0;
  for (let count = 0; rest.length > 0 && count < MAX_VALUES; count++) {
    const next = rest.pop();
    if (typeof next === "string") bytes += next.length + 2;
    else if (!isObject(next)) bytes += 5;
    else if (!seen.has(next)) {
      seen.add(next);
      bytes += 2 + pushValues(next, rest);
    }
  }
  return bytes;
}

/** Puts an object's values on the list; gives the size of its keys. */
function pushValues(object: object, rest: unknown[]): number {
  try {
    if (ArrayBuffer.isView(object)) return object.byteLength;
    if (Array.isArray(object)) {
      const { length } = object;
      for (let index = 0; index < length && index < MAX_VALUES; index++) {
        rest.push(dataProperty(object, index));
      }
      return length;
    }
    let bytes = 0;
    for (const key of Object.keys(object)) {
      bytes += key.length + 4;
      rest.push(dataProperty(object, key));
    }
    return bytes;
  } catch {
    return 0;
  }
}
