import { isObject } from "../base/data-property.ts";
import { decorateClass } from "./decorate-class.ts";
import type { Settings, WrappedFunction } from "./settings.ts";
import { wrapMember } from "./wrap-member.ts";

type Options = string | object | undefined;
type LogTypeName = Settings["type"];

/** What a TC39 decorator is told, as far as it matters here. */
interface DecoratorContext {
  readonly kind: string;
  readonly name: PropertyKey;
}

/** True for the second argument of a TC39 decorator. */
export function isDecoratorContext(value: unknown): value is DecoratorContext {
  return isObject(value) && "addInitializer" in value;
}

/** Decorates under whichever standard the arguments show. */
export function decorate(
  type: LogTypeName,
  options: Options,
  target: unknown,
  second: unknown,
  descriptor: PropertyDescriptor | undefined,
): unknown {
  return isDecoratorContext(second)
    ? decorateStandard(type, options, target, second)
    : decorateLegacy(type, options, target, second as PropertyKey | undefined, descriptor);
}

/**
 * Decorates under the TC39 standard: methods, static and #private ones, auto-accessors, fields
 * that hold a function, classes.
 *
 * @throws TypeError for plain getters and setters.
 */
function decorateStandard(
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
      const { set } = value as {
        set: (this: unknown, next: unknown) => void;
      };
      return {
        init: (initial: unknown) => wrapMember(type, options, context.name, initial),
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
function decorateLegacy(
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

function refused(type: LogTypeName, name: PropertyKey, what: string): TypeError {
  return new TypeError(`@${type}: ${String(name)} is ${what}. Decorate a method.`);
}
