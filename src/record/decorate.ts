import { isObject } from "../base/data-property.ts";
import { classPath } from "./class-path.ts";
import { decorateClass } from "./decorate-class.ts";
import { resolveSettings, type Settings, type WrappedFunction } from "./settings.ts";
import { wrapFunction } from "./wrap-function.ts";

type Options = string | object | undefined;
type LogTypeName = Settings["type"];

/** What a TC39 decorator is told, as far as it matters here. */
interface DecoratorContext {
  readonly kind: string;
  readonly name: PropertyKey;
}

/** True for the second argument of a TC39 decorator. */
export function isDecoratorContext(value: unknown): value is DecoratorContext {
  return isObject(value) && "kind" in value && "addInitializer" in value;
}

/**
 * Decorates under the TC39 standard: methods, static and #private ones, auto-accessors, fields
 * that hold a function, classes.
 *
 * @throws TypeError for plain getters and setters.
 */
export function decorateStandard(
  type: LogTypeName,
  options: Options,
  value: unknown,
  context: DecoratorContext,
): unknown {
  switch (context.kind) {
    case "class":
      return decorateClass(type, options, value as WrappedFunction);
    case "method":
      return wrapMember(type, options, context.name, value);
    case "field":
      return (initial: unknown) => wrapMember(type, options, context.name, initial);
    case "accessor": {
      const { get, set } = value as {
        get: (this: unknown) => unknown;
        set: (this: unknown, next: unknown) => void;
      };
      return {
        init: (initial: unknown) => wrapMember(type, options, context.name, initial),
        get,
        set(this: unknown, next: unknown) {
          set.call(this, wrapMember(type, options, context.name, next));
        },
      };
    }
    default:
      throw refused(type, context.name, `a ${context.kind}`);
  }
}

/**
 * Decorates under TypeScript's `experimentalDecorators`: methods, static ones, classes.
 *
 * @throws TypeError for fields, getters and setters, which that standard cannot wrap.
 */
export function decorateLegacy(
  type: LogTypeName,
  options: Options,
  target: unknown,
  name: PropertyKey | undefined,
  descriptor: PropertyDescriptor | undefined,
): unknown {
  if (name === undefined) return decorateClass(type, options, target as WrappedFunction);
  if (descriptor === undefined) {
    throw new TypeError(
      `@${type}: a field cannot be decorated under experimentalDecorators. ` +
        `Write ${String(name)} = ${type}("path", fn).`,
    );
  }
  if (typeof descriptor.value !== "function") throw refused(type, name, "a getter or setter");
  return { ...descriptor, value: wrapMember(type, options, name, descriptor.value) };
}

/** A member's value with a span round its calls; anything but a function stays as it is. */
function wrapMember(
  type: LogTypeName,
  options: Options,
  name: PropertyKey,
  value: unknown,
): unknown {
  if (typeof value !== "function") return value;
  const settings = resolveSettings(type, options);
  const wrapper: unknown = wrapFunction(value as WrappedFunction, settings, (self) =>
    classPath(self, name, (own) => own === wrapper),
  );
  return wrapper;
}

function refused(type: LogTypeName, name: PropertyKey, what: string): TypeError {
  return new TypeError(
    `@${type}: ${String(name)} is ${what}, which runs no call to record. Decorate a method.`,
  );
}
