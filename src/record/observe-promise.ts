import { dataProperty } from "../base/data-property.ts";
import { defineHidden } from "./define-hidden.ts";
import { endAtCollection } from "./end-at-collection.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/**
 * The derived promise of a native one, with the properties that somebody had put on it. A
 * rejection that nobody handles is raised once, for the derived promise: the caller has no other.
 */
export function observePromise(
  promise: Promise<unknown>,
  { log }: OpenedSpan,
  settle: (value: unknown) => unknown,
): Promise<unknown> {
  const derived = promise.then(settle, (error: unknown) => {
    log.fail(error);
    throw error;
  });
  // Only named ones: the symbols on a promise are the platform's own book-keeping.
  for (const name of Object.getOwnPropertyNames(promise)) {
    const property = Object.getOwnPropertyDescriptor(promise, name);
    if (property !== undefined) Reflect.defineProperty(derived, name, property);
  }
  return derived;
}

/**
 * Watches a promise subclass or any other thenable through its own `then`, the object itself
 * staying what it was: a lazy one is not started, and its other methods are kept.
 */
export function observeThenable(
  thenable: object,
  { log }: OpenedSpan,
  settle: (value: unknown) => void,
): boolean {
  const then = dataProperty(thenable, "then") as (...handlers: unknown[]) => unknown;
  const watched = defineHidden(
    thenable,
    "then",
    function (this: unknown, onFulfilled?: unknown, onRejected?: unknown) {
      return Reflect.apply(then, this, [
        (value: unknown) => {
          settle(value);
          return typeof onFulfilled === "function" ? onFulfilled(value) : value;
        },
        (error: unknown) => {
          log.fail(error);
          if (typeof onRejected === "function") return onRejected(error);
          throw error;
        },
      ]);
    },
  );
  if (watched) endAtCollection(thenable, log);
  return watched;
}
