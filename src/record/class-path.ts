import { dataProperty, functionName } from "../base/data-property.ts";

/**
 * `Class/method`: the class is the one that owns the method, also when a subclass's instance is
 * called. It is looked for from `start` upwards: the object that holds this very method, the class
 * with this metadata, an object with a member of that name; else it is the class of `start`. So is
 * the class that stands for one without a name.
 *
 * @param start the instance or class that is called, or the object that the member is known to be on.
 */
export function classPath(
  start: unknown,
  method: PropertyKey,
  owns: (value: unknown) => boolean,
  metadata: object | undefined,
): string {
  const owner =
    find(start, (at) => owns(Object.getOwnPropertyDescriptor(at, method)?.value)) ??
    find(start, (at) => metadata && metadataOf(at) === metadata) ??
    find(start, (at) => Object.hasOwn(at, method));
  const name = functionName(classOf(owner)) || functionName(classOf(start));
  // esbuild calls a class that names itself inside `_Agent`.
  const prefix = name && `${name.replace(/^_(?=[A-Z])/, "")}/`;
  return prefix + memberName(method);
}

/** A member's name in a path; a private one stands without its `#`. */
export function memberName(member: PropertyKey): string {
  const name = typeof member === "symbol" ? (member.description ?? "symbol") : String(member);
  return name.replace(/^#/, "");
}

/** The first object on the prototype chain that passes. */
function find(start: unknown, passes: (at: object) => unknown): object | undefined {
  let at = start as object | null | undefined;
  while (at !== null && at !== undefined) {
    if (passes(at)) return at;
    at = Object.getPrototypeOf(at);
  }
  return undefined;
}

/** A static method's owner is the class itself; another's is an instance or a prototype. */
function classOf(owner: unknown): unknown {
  return typeof owner === "function" ? owner : dataProperty(owner, "constructor");
}

/** What TC39 decorators of the object's class share. Node has no `Symbol.metadata` yet. */
function metadataOf(at: object): unknown {
  const key = (Symbol as { metadata?: symbol }).metadata ?? Symbol.for("Symbol.metadata");
  const owner = classOf(at);
  return owner && Object.getOwnPropertyDescriptor(owner, key)?.value;
}
