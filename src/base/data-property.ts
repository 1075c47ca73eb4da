/** True for objects, functions left aside. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/**
 * The value of an object's own or inherited data property, read without running a getter;
 * `undefined` for anything else. A proxy's traps do run, guarded: one that throws counts as no
 * property.
 */
export function dataProperty(object: unknown, key: PropertyKey): unknown {
  if (!isObject(object) && typeof object !== "function") return undefined;
  try {
    for (let at: object | null = object; at !== null; at = Object.getPrototypeOf(at)) {
      const property = Object.getOwnPropertyDescriptor(at, key);
      if (property !== undefined) return "value" in property ? property.value : undefined;
    }
  } catch {
    // A revoked proxy, or one whose traps throw.
  }
  return undefined;
}

/** A function's or class's name, read without running a getter; empty for anything else. */
export function functionName(value: unknown): string {
  const name = typeof value === "function" ? dataProperty(value, "name") : "";
  return typeof name === "string" ? name : "";
}

/** `instanceof`, also for a proxy whose traps throw: it is an instance of nothing. */
export function isInstance<T>(value: unknown, type: new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}

/**
 * An error's `name`, `message` or `cause`, read without running a getter of the user's:
 * `DOMException` keeps them behind the platform's own getters.
 */
export function errorProperty(error: Error, key: "name" | "message" | "cause" | "errors"): unknown {
  const value = dataProperty(error, key);
  return value === undefined && isInstance(error, DOMException)
    ? Reflect.get(DOMException.prototype, key, error)
    : value;
}
