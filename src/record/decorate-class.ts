import { functionName } from "../base/data-property.ts";
import { sharedState } from "../base/shared-state.ts";
import { memberName } from "./class-path.ts";
import { type Settings, typeName } from "./settings.ts";
import { wrapMember } from "./wrap-member.ts";

/** True for a class: unlike a function's, its `prototype` cannot be replaced. */
export function isClass(value: unknown): value is { readonly prototype: object } {
  if (typeof value !== "function") return false;
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

/**
 * Wraps every own prototype method but the constructor, at `<class path>/<method>`. A member's
 * own decorator wins; getters, setters and static members are left alone. The class itself stays
 * the same object, and its constructor is untouched.
 *
 * @throws TypeError for what is no class, and for a name in `only` or `except` that is no method.
 */
export function decorateClass(settings: Settings, decorated: unknown): void {
  const { type, path } = settings;
  if (!isClass(decorated)) {
    throw new TypeError(
      `@${type}: expected a class or a method, got ${typeName(decorated)}. Write ${type}("path", fn).`,
    );
  }
  const { prototype } = decorated;
  const own = (name: PropertyKey) => Object.getOwnPropertyDescriptor(prototype, name)?.value;
  const methods: PropertyKey[] = Reflect.ownKeys(prototype).filter(
    (name) => name !== "constructor" && typeof own(name) === "function",
  );
  const { only = methods, except = [] } = settings;
  for (const name of [...only, ...except]) {
    if (methods.includes(name)) continue;
    const known = methods.map(String).join(", ");
    throw new TypeError(
      `@${type}: ${functionName(decorated)} has no method ${String(name)}. It has ${known}.`,
    );
  }
  for (const name of methods) {
    const method = own(name);
    if (!only.includes(name) || except.includes(name) || sharedState().wrapped.has(method)) {
      continue;
    }
    const value = wrapMember(
      { ...settings, path: path && memberPath(path, name) },
      name,
      method,
      prototype,
    );
    Object.defineProperty(prototype, name, { value });
  }
}

function memberPath(path: NonNullable<Settings["path"]>, name: PropertyKey): Settings["path"] {
  const label = memberName(name);
  if (typeof path === "string") return `${path}/${label}`;
  return function (this: unknown, ...args: unknown[]) {
    const made = Reflect.apply(path, this, args);
    return made && `${made}/${label}`;
  };
}
