import { functionName } from "../base/data-property.ts";
import { sharedState } from "../base/shared-state.ts";
import { className, memberName } from "./class-path.ts";
import { resolveSettings, type Settings, type WrappedFunction } from "./settings.ts";
import { wrapMember } from "./wrap-member.ts";

/** The options that narrow a class decorator; a path that stands for options has neither. */
interface Narrowing {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

/** True for a class: unlike a function's, its `prototype` cannot be replaced. */
export function isClass(value: unknown): boolean {
  if (typeof value !== "function") return false;
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}

/**
 * Wraps every own prototype method but the constructor, at `<class path>/<method>`. A member's
 * own decorator wins; getters, setters and static members are left alone. The class itself stays
 * the same object, and its constructor is untouched.
 */
export function decorateClass(
  type: Settings["type"],
  options: string | object | undefined,
  decorated: WrappedFunction,
): void {
  const { path } = resolveSettings(type, options);
  const shared = typeof options === "string" ? {} : { ...options };
  const { only, except } = shared as Narrowing;
  const prototype: object = decorated.prototype;
  for (const name of Reflect.ownKeys(prototype)) {
    const listed = (names: Narrowing["only"]) => names?.includes(name as string);
    if (name === "constructor" || listed(except) || (only && !listed(only))) continue;
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    if (property?.value === undefined || sharedState().wrapped.has(property.value)) continue;
    const own = { ...shared, path: memberPath(path ?? className(functionName(decorated)), name) };
    const value = wrapMember(type, own, name, property.value);
    Object.defineProperty(prototype, name, { ...property, value });
  }
}

function memberPath(path: NonNullable<Settings["path"]>, name: PropertyKey): Settings["path"] {
  const label = memberName(name);
  if (typeof path === "string") return path === "" ? label : `${path}/${label}`;
  return function (this: unknown, ...args: unknown[]) {
    const made = Reflect.apply(path, this, args);
    return made && `${made}/${label}`;
  };
}
