import { isObject } from "../base/data-property.ts";
import { decorateClass } from "./decorate-class.ts";
import type { Settings } from "./settings.ts";
import { wrapMember } from "./wrap-member.ts";

/** What a TC39 decorator is told, as far as it matters here. */
interface DecoratorContext {
  readonly kind: string;
  readonly name: PropertyKey;
  /** Stands on the class as `Symbol.metadata`; not every compiler gives it. */
  readonly metadata?: object;
}

/** What a TC39 accessor decorator gets. */
interface Accessor {
  set(this: unknown, next: unknown): void;
}

/**
 * True for the second argument of a TC39 decorator. By its kind: Babel's first versions gave
 * fields no `addInitializer`.
 */
export function isDecoratorContext(value: unknown): value is DecoratorContext {
  return isObject(value) && "kind" in value;
}

/**
 * Decorates under whichever standard the arguments show.
 *
 * @throws TypeError for what that standard can't wrap, with what to write instead.
 */
export function decorate(
  settings: Settings,
  target: unknown,
  second: unknown,
  descriptor: PropertyDescriptor | undefined,
): unknown {
  if (isDecoratorContext(second)) return decorateStandard(settings, target, second);
  if (second === undefined) return decorateClass(settings, target);
  const name = second as PropertyKey;
  const value = descriptor?.value;
  // Under experimentalDecorators an auto-accessor can't be told from a plain pair.
  if (typeof value !== "function") {
    throw refused(
      settings,
      name,
      descriptor?.get || descriptor?.set ? "getter or setter" : "field",
    );
  }
  return { ...descriptor, value: wrapMember(settings, name, value, target) };
}

/**
 * Decorates under the TC39 standard: methods, static and #private ones, auto-accessors, fields
 * that hold a function, classes.
 */
function decorateStandard(settings: Settings, value: unknown, context: DecoratorContext): unknown {
  const { kind, name, metadata } = context;
  if (kind === "class") return decorateClass(settings, value);
  if (kind === "method") return wrapMember(settings, name, value, undefined, metadata);
  function init(this: unknown, initial: unknown): unknown {
    return wrapMember(settings, name, initial, this, metadata);
  }
  if (kind === "field") return init;
  if (kind !== "accessor") throw refused(settings, name, kind);
  const { set } = value as Accessor;
  return {
    init,
    set(this: unknown, next: unknown) {
      set.call(this, init.call(this, next));
    },
  };
}

function refused({ type }: Settings, name: PropertyKey, got: string): TypeError {
  const member = String(name);
  return new TypeError(
    `@${type}: ${member}: expected a method, got a ${got}. Write ${member} = ${type}("path", fn).`,
  );
}
