import { functionName, isObject } from "../base/data-property.ts";
import type { LogType } from "../base/log-types.ts";
import { decorate, isDecoratorContext } from "./decorate.ts";
import { isClass } from "./decorate-class.ts";
import { type LogHandle, startLog } from "./log-handle.ts";
import type { Call } from "./run-in-span.ts";
import { resolveSettings, typeName, type WrappedFunction } from "./settings.ts";
import type { AnyFunction, ClassOptions, CommonOptions } from "./types.ts";
import { runnerOf, wrapFunction } from "./wrap-function.ts";

/** A class, for the decorator's class form. */
export type AnyClass = abstract new (...args: never[]) => unknown;

/** A wrapper's options with those that are functions typed by what is wrapped. */
export type OptionsOf<Options, F extends AnyFunction> = Omit<
  Options,
  "path" | "inputs" | "output"
> &
  Pick<CommonOptions<F>, "path" | "inputs" | "output">;

/** Decorates a class, under either standard. */
export type ClassLogDecorator = <C extends AnyClass>(
  value: C,
  context?: ClassDecoratorContext<C>,
) => void;

/** Decorates a method, static, accessor, field or class, under either standard. */
export interface LogDecorator extends ClassLogDecorator {
  <F extends AnyFunction>(value: F, context: ClassMethodDecoratorContext<never, F>): F;
  <This, F extends AnyFunction<This> | undefined>(
    value: ClassAccessorDecoratorTarget<This, F>,
    context: ClassAccessorDecoratorContext<This, F>,
  ): ClassAccessorDecoratorResult<This, F>;
  <This, F extends AnyFunction<This> | undefined>(
    value: undefined,
    context: ClassFieldDecoratorContext<This, F>,
  ): (this: This, initial: F) => F;
  <F extends AnyFunction | undefined>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<F>,
  ): TypedPropertyDescriptor<F>;
}

/**
 * `flow`, `prompt` and `tool`: as a wrapper, as a decorator, or inline.
 *
 * Guarantees for every call of what is wrapped: same result or error object, same `this`, same
 * sync-ness, `name`, `length` and own properties kept; the call never waits for us and never
 * fails because of us; without a tracer provider it is a direct call.
 */
export interface LogWrapper<Options> extends LogDecorator {
  /**
   * The function with a span round each call, at its own name. What stands second is there for
   * the compiler: it would take this for a bare decorator's form and drop the context.
   */
  <F extends AnyFunction>(fn: F, none?: undefined): F;
  /** The function with a span round each call, at this path. */
  <F extends AnyFunction>(path: string, fn: F): F;
  /** The function with a span round each call. */
  <F extends AnyFunction>(options: OptionsOf<Options, F>, fn: F): F;
  /** A decorator. */
  (path?: string, none?: undefined): LogDecorator;
  /** A decorator. */
  (options: Options): LogDecorator;
  /** A class's decorator, for some of its methods. */
  (options: Options & ClassOptions): ClassLogDecorator;
  /** Runs the body inside a span at once and gives what it gives. */
  run<T>(pathOrOptions: string | Options, body: () => T): T;
  /**
   * Opens a log that stays open until its handle ends it, for work that is no one function. Only
   * what `handle.run` runs is inside of it.
   */
  start(pathOrOptions: string | Options): LogHandle;
}

/** Makes `flow`, `prompt` or `tool`. */
export function createWrapper<Options extends object>(type: LogType): LogWrapper<Options> {
  const wrapper = (first?: unknown, second?: unknown, third?: PropertyDescriptor): unknown => {
    if (typeof second === "function") return wrap(type, optionsOf(type, first), second);
    if (isDecorating(first, second)) {
      return decorate(resolveSettings(type, undefined), first, second, third);
    }
    if (second !== undefined) throw notUsable(type, second);
    if (typeof first === "function") return wrap(type, undefined, first);
    // A wrong option shows where the decorator is written, not at the first call.
    const settings = resolveSettings(type, optionsOf(type, first));
    return (target: unknown, name?: unknown, descriptor?: PropertyDescriptor) =>
      decorate(settings, target, name, descriptor);
  };
  const inline = (options: string | Options, body: unknown): Call => {
    if (typeof body !== "function") throw notUsable(type, body);
    const settings = resolveSettings(type, optionsOf(type, options));
    return { fn: body as WrappedFunction, settings, defaultPath: () => functionName(body) };
  };
  return Object.assign(wrapper, {
    run: (options: string | Options, body: unknown) =>
      runnerOf(inline(options, body))(undefined, []),
    start: (options: string | Options) => startLog(inline(options, () => {})),
  }) as LogWrapper<Options>;
}

function wrap(type: LogType, options: string | object | undefined, fn: unknown): unknown {
  const callable = fn as WrappedFunction;
  return wrapFunction(callable, resolveSettings(type, options), () => functionName(callable));
}

/** Bare, as `@flow`: a member's name or context stands second, and a class may stand alone. */
function isDecorating(first: unknown, second: unknown): boolean {
  if (second === undefined) return isClass(first);
  const isNamed = typeof first !== "string" && /^(?:string|symbol|number)$/.test(typeof second);
  return isNamed || isDecoratorContext(second);
}

function optionsOf(type: LogType, value: unknown): string | object | undefined {
  if (value === undefined || typeof value === "string") return value;
  if (isObject(value) && !Array.isArray(value)) return value;
  throw notUsable(type, value);
}

function notUsable(type: LogType, value: unknown): TypeError {
  return new TypeError(
    `${type}(): expected a function, a path or options, got ${typeName(value)}.`,
  );
}
