/**
 * Puts a method or value on somebody's object so that listing its keys does not show it.
 * False when the object can't be changed.
 */
export function defineHidden(object: object, key: PropertyKey, value: unknown): boolean {
  try {
    return Reflect.defineProperty(object, key, { configurable: true, writable: true, value });
  } catch {
    // A proxy whose trap throws.
    return false;
  }
}
