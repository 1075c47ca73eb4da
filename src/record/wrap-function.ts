import { sharedState } from "../base/shared-state.ts";
import { isTracingOff } from "../spans/is-tracing-off.ts";
import { context } from "../spans/otel-api.ts";
import { observeIterator } from "./observe-iterator.ts";
import { type Call, openSpan, runInSpan } from "./run-in-span.ts";
import type { Settings, WrappedFunction } from "./settings.ts";

const sourceOf = Function.prototype.toString;

/**
 * The function with a span round each of its calls.
 *
 * It is a proxy, so that everything that can be asked of the function keeps its answer: `name`,
 * `length`, own properties, prototype, source text, whether it can be constructed. `new` on it
 * runs the original without a span. Wrapping again with the same kind and path gives the same
 * function.
 */
export function wrapFunction<F extends WrappedFunction>(
  fn: F,
  settings: Settings,
  defaultPath: (self: unknown) => string,
): F {
  const { wrapped } = sharedState();
  const mark = wrapped.get(fn);
  const { type, path } = settings;
  if (mark !== undefined && mark.type === type && mark.path === path) return fn;
  const run = runnerOf({ fn, settings, defaultPath });
  const wrapper = new Proxy(fn, {
    apply: (_target, self: unknown, args: unknown[]) => run(self, args),
    // The platform says of every proxy that its code is native; programs read parameters there.
    get(target, key, self) {
      const value: unknown = Reflect.get(target, key, self);
      return value === sourceOf ? sourceOf.bind(target) : value;
    },
  });
  wrapped.set(wrapper, { type, path, fn });
  return wrapper;
}

/** What runs one call: a generator function's gives a generator whose span opens at its `next`. */
export function runnerOf(call: Call): (self: unknown, args: readonly unknown[]) => unknown {
  const run = isGeneratorFunction(call.fn) ? runGenerator : runInSpan;
  return (self, args) => run(call, self, args);
}

/** A generator runs nothing before its first `next`: that is when its span opens. */
function runGenerator(call: Call, self: unknown, args: readonly unknown[]): unknown {
  const generator = Reflect.apply(call.fn, self, args) as object;
  if (isTracingOff()) return generator;
  // The span belongs under whoever made the generator, wherever it is read.
  const parent = context.active();
  observeIterator(generator, () => openSpan(call, self, args, parent));
  return generator;
}

function isGeneratorFunction(fn: WrappedFunction): boolean {
  return /GeneratorFunction\]$/.test(Object.prototype.toString.call(fn));
}
