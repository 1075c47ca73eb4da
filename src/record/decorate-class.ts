import { sharedState } from "../base/shared-state.ts";
import { className, classPath, memberName } from "./class-path.ts";
import { resolveSettings, type Settings, type WrappedFunction } from "./settings.ts";
import { wrapFunction } from "./wrap-function.ts";

/** The options that narrow a class decorator; a path that stands for options has neither. */
interface Narrowing {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
}

/** True for a class, as the language tells it from a function. */
export function isClass(value: unknown): boolean {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
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
  const settings = resolveSettings(type, options);
  const { only, except } = { ...(options as Narrowing | undefined) };
  const prototype: object = decorated.prototype;
  for (const name of Reflect.ownKeys(prototype)) {
    const listed = (names: Narrowing["only"]) => names?.includes(name as string);
    if (name === "constructor" || listed(except) || (only && !listed(only))) continue;
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    if (typeof property?.value !== "function" || sharedState().wrapped.has(property.value))
      continue;
    const value = wrapMethod(settings, decorated.name, name, property.value as WrappedFunction);
    Object.defineProperty(prototype, name, { ...property, value });
  }
}

function wrapMethod(
  settings: Settings,
  owner: string,
  name: PropertyKey,
  method: WrappedFunction,
): WrappedFunction {
  const label = memberName(name);
  const { path } = settings;
  const own: Settings = {
    ...settings,
    path:
      typeof path === "function"
        ? function (this: unknown, ...args: unknown[]) {
            return `${Reflect.apply(path, this, args)}/${label}`;
          }
        : `${path ?? className(owner)}/${label}`,
  };
  return wrapFunction(method, own, (self) => classPath(self, name, () => true));
}
