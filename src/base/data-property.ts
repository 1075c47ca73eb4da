/** True for objects, functions left aside. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** No real object has more prototypes, while a proxy's can go on without an end. */
const MAX_PROTOTYPES = 100;

/**
 * The value of an object's own or inherited data property, read without running a getter;
 * `undefined` for anything else. A proxy's traps do run, guarded: one that throws counts as no
 * property.
 */
export function dataProperty(object: unknown, key: PropertyKey): unknown {
  if (!isObject(object) && typeof object !== "function") return undefined;
  try {
    let at: object | null = object;
    for (let step = 0; at !== null && step <= MAX_PROTOTYPES; step++) {
      const property = Object.getOwnPropertyDescriptor(at, key);
      if (property !== undefined) return property.value;
      at = Object.getPrototypeOf(at);
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

/** An object's prototypes, nearest first. Empty for a proxy whose traps throw. */
export function prototypesOf(object: object): readonly object[] {
  const prototypes: object[] = [];
  try {
    let at = Object.getPrototypeOf(object);
    for (; at !== null && prototypes.length < MAX_PROTOTYPES; at = Object.getPrototypeOf(at)) {
      prototypes.push(at);
    }
  } catch {
    // As far as it could be seen.
  }
  return prototypes;
}

/** `instanceof`, for anything: it has an end where a proxy's prototypes have none. */
export function isInstance<T>(value: unknown, type: new (...args: never[]) => T): value is T {
  return isObject(value) && prototypesOf(value).includes(type.prototype as object);
}

/** The name of an object's class, or of the class that it is the prototype of. */
export function className(object: object): string {
  return functionName(dataProperty(object, "constructor"));
}

/** True for an error, also for one of another realm: a test runner's core modules throw such. */
export function isError(value: unknown): value is Error {
  return isObject(value) && prototypesOf(value).some((at) => className(at) === "Error");
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
