import { dataProperty, isInstance, isObject } from "../base/data-property.ts";
import { defineHidden } from "../spans/define-hidden.ts";
import { endAtCollection } from "../spans/end-at-collection.ts";
import { context } from "../spans/otel-api.ts";
import { type ChunkCollector, collectChunks } from "./chunk-collector.ts";
import type { OpenedSpan } from "./run-in-span.ts";

type StepName = "next" | "return" | "throw";

/**
 * Watches a generator object, sync or async, through its own `next`, `return` and `throw`: each
 * runs in the span's context, the consumer's code does not. The object itself stays what it was.
 *
 * @param opened its span, or what opens it at the first `next` (`undefined`: tracing is off). A
 *   generator that is ended before has run nothing, and opens none.
 * @returns false when the object can't be changed.
 */
export function observeIterator(
  iterator: object,
  opened: OpenedSpan | (() => OpenedSpan | undefined),
): boolean {
  let open = typeof opened === "function" ? opened : undefined;
  let span: OpenedSpan | undefined;
  let chunks: ChunkCollector | undefined;

  const begin = (given: OpenedSpan | undefined): void => {
    if (given === undefined) return;
    span = given;
    chunks = collectChunks(given);
    endAtCollection(iterator, given.log);
  };
  /** Looks at one step's result and gives it on. */
  const see = (name: StepName, result: unknown): unknown => {
    const value = dataProperty(result, "value");
    if (dataProperty(result, "done")) {
      chunks?.end(name === "return" ? "cancelled" : "ok", name === "next" ? value : undefined);
    } else if (isObject(result)) {
      chunks?.add(value);
    }
    return result;
  };
  const fail = (error: unknown): never => {
    chunks?.fail(error);
    throw error;
  };
  const take = (name: StepName, step: () => unknown): unknown => {
    const openNow = open;
    open = undefined;
    if (name === "next") begin(openNow?.());
    if (span === undefined) return step();
    let result: unknown;
    try {
      result = context.with(span.context, step);
    } catch (error) {
      return fail(error);
    }
    if (!isInstance(result, Promise)) return see(name, result);
    return result.then((settled: unknown) => see(name, settled), fail);
  };

  for (const name of ["next", "return", "throw"] as const) {
    const step = dataProperty(iterator, name);
    if (typeof step !== "function") continue;
    const watched = defineHidden(iterator, name, function (this: unknown, ...args: unknown[]) {
      return take(name, () => Reflect.apply(step, this, args));
    });
    if (!watched) return false;
  }
  if (typeof opened !== "function") begin(opened);
  return true;
}
