import { dataProperty, functionName, isObject } from "../base/data-property.ts";

/**
 * `Class/method` for a call on `self`: the class is the one that owns the method, also when a
 * subclass's instance is called. Falls back to the instance's class, then to the method's name.
 */
export function classPath(
  self: unknown,
  method: PropertyKey,
  owns: (value: unknown) => boolean,
): string {
  const owner = ownClass(ownerOf(self, method, owns) ?? self);
  const name = memberName(method);
  return owner === "" ? name : `${className(owner)}/${name}`;
}

/** A member's name in a path; a private one stands without its `#`. */
export function memberName(member: PropertyKey): string {
  const name = typeof member === "symbol" ? (member.description ?? "symbol") : String(member);
  return name.replace(/^#/, "");
}

/** A class's name in a path. esbuild calls a class that names itself inside `_Agent`. */
export function className(name: string): string {
  return name.replace(/^_(?=[A-Z])/, "");
}

function ownerOf(
  self: unknown,
  method: PropertyKey,
  owns: (value: unknown) => boolean,
): object | undefined {
  if (!isObject(self) && typeof self !== "function") return undefined;
  for (let at: object | null = self; at !== null; at = Object.getPrototypeOf(at)) {
    if (owns(Object.getOwnPropertyDescriptor(at, method)?.value)) return at;
  }
  return undefined;
}

/** A static method's owner is the class itself; an own property's is the instance's class. */
function ownClass(owner: unknown): string {
  return functionName(typeof owner === "function" ? owner : dataProperty(owner, "constructor"));
}
