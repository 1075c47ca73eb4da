import { flow, prompt, tool } from "../../../src/index.ts";
import type { LogDecorator } from "../../../src/record/create-wrapper.ts";
import type { AnyFunction, CommonOptions } from "../../../src/record/types.ts";
import { LEGACY_HOSTS } from "../../legacy/promise-hosts.ts";
import { type Hosts, type Members, STANDARD_HOSTS } from "./hosts.ts";

/** The three wrappers. Their common part is all that the promises are about. */
export const WRAPPERS: {
  readonly flow: typeof flow;
  readonly prompt: typeof prompt;
  readonly tool: typeof tool;
} = { flow, prompt, tool };
export type TypeName = keyof typeof WRAPPERS;

/** What a wrapper is given in the tests: a path, or options with one. */
export type FormOptions = string | (CommonOptions<AnyFunction> & Readonly<Record<string, unknown>>);

/** One way to put a span round a function. */
export interface Form {
  /**
   * A callable that does what the function does, with a span of that kind round each call. Its
   * `this` and arguments reach the function; a generator function gives a generator, lazily.
   *
   * @example const go = FORMS["legacy decorator"].wrap("flow", "go", async (n: number) => n + 1);
   */
  wrap<F extends AnyFunction>(type: TypeName, options: FormOptions, fn: F): F;
  /**
   * Two spans' worth of wrapping on one function, `inner` first. Not for `.run`, which wraps
   * nothing.
   */
  wrapTwice?<F extends AnyFunction>(outer: Wrapping, inner: Wrapping, fn: F): F;
  /**
   * Methods with known names and parameters (`Members` in hosts.ts), wrapped: for promises that
   * are about the function itself, as the callable of `wrap` may be a method that delegates.
   */
  members?(type: TypeName, options: FormOptions): Members;
}

/** A kind of wrapper with its path or options. */
export type Wrapping = readonly [type: TypeName, options: FormOptions];

export type FormName = "wrapper" | ".run" | "TC39 decorator" | "legacy decorator";

/**
 * The four forms of `flow`, `prompt` and `tool`, by their names in the promises table. The two
 * decorator forms are real decorator syntax, compiled by either standard.
 */
export const FORMS: Readonly<Record<FormName, Form>> = {
  wrapper: {
    wrap: (type, options, fn) => WRAPPERS[type](options as string, fn),
    wrapTwice: ([outer, above], [inner, below], fn) =>
      WRAPPERS[outer](above as string, WRAPPERS[inner](below as string, fn)),
    members: (type, options) => wrapMembers(type, options),
  },
  ".run": { wrap: (type, options, fn) => runInline(type, options, fn) },
  "TC39 decorator": decoratorForm(STANDARD_HOSTS),
  "legacy decorator": decoratorForm(LEGACY_HOSTS),
};

/** The generator functions' kinds need hosts of their own: only those give generators. */
function kindOf(fn: AnyFunction): "function" | "generator" | "async generator" {
  const tag = Object.prototype.toString.call(fn);
  if (tag === "[object GeneratorFunction]") return "generator";
  return tag === "[object AsyncGeneratorFunction]" ? "async generator" : "function";
}

function runInline<F extends AnyFunction>(type: TypeName, options: FormOptions, fn: F): F {
  const { run } = WRAPPERS[type];
  const kind = kindOf(fn);
  return function (this: unknown, ...args: unknown[]) {
    const call = () => Reflect.apply(fn, this, args);
    if (kind === "function") return run(options as string, call);
    return kind === "generator"
      ? run(options as string, function* () {
          return yield* call() as Generator;
        })
      : run(options as string, async function* () {
          return yield* call() as AsyncGenerator;
        });
  } as F;
}

function decoratorForm(hosts: Hosts): Form {
  const decorator = ([type, options]: Wrapping) => WRAPPERS[type](options as string);
  return {
    wrap<F extends AnyFunction>(type: TypeName, options: FormOptions, fn: F) {
      const decorate = {
        function: hosts.decorateMethod,
        generator: hosts.decorateGenerator,
        "async generator": hosts.decorateAsyncGenerator,
      }[kindOf(fn)];
      return decorate(decorator([type, options]), fn) as F;
    },
    wrapTwice: <F extends AnyFunction>(outer: Wrapping, inner: Wrapping, fn: F) =>
      hosts.decorateTwice(decorator(outer), decorator(inner), fn) as F,
    members: (type, options) => hosts.decorateMembers(decorator([type, options])),
  };
}

function wrapMembers(type: TypeName, options: FormOptions): Members {
  const bare = STANDARD_HOSTS.decorateMembers((() => {}) as unknown as LogDecorator);
  const names = Object.getOwnPropertyNames(bare).filter((name) => name !== "constructor");
  return Object.fromEntries(
    names.map((name) => [
      name,
      WRAPPERS[type](options as string, bare[name as keyof typeof bare] as AnyFunction),
    ]),
  ) as unknown as Members;
}
