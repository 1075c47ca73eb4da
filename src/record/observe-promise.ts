import { context } from "@opentelemetry/api";
import { dataProperty, isInstance } from "../base/data-property.ts";
import { defineHidden } from "./define-hidden.ts";
import { endAtCollection } from "./end-at-collection.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/** Takes what a promise gave; what it gives back is what the caller gets. */
type Settle = (value: unknown) => unknown;

/**
 * The derived promise of a native one, with the properties that somebody had put on it. A
 * rejection that nobody handles is raised once, for the derived promise: the caller has no other.
 */
export function observePromise(
  promise: Promise<unknown>,
  { log }: OpenedSpan,
  settle: Settle,
): Promise<unknown> {
  const derived = promise.then(settle, (error: unknown) => {
    log.fail(error);
    throw error;
  });
  // Only named ones: the symbols on a promise are the platform's own book-keeping.
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(promise))) {
    Reflect.defineProperty(derived, name, property);
  }
  return derived;
}

/**
 * Watches a promise subclass or any other thenable through its own `then`, the object itself
 * staying what it was: its other methods are kept, and a lazy one is not started. When it is, its
 * work runs in the span's context and the consumer's handlers in their own.
 *
 * The SDKs of OpenAI, Anthropic and their like reach their answer through `parse` instead, from
 * `catch`, `finally` and `withResponse()` too, so it is watched where there is one; `asResponse()`
 * alone gives the bare response, whose body is followed.
 */
export function observeThenable(thenable: object, opened: OpenedSpan, settle: Settle): boolean {
  const start = (method: unknown, self: unknown, args: unknown[]): unknown =>
    context.with(opened.context, () => Reflect.apply(method as Settle, self, args));

  const then = dataProperty(thenable, "then");
  const watched = defineHidden(
    thenable,
    "then",
    function (this: unknown, onFulfilled?: unknown, onRejected?: unknown) {
      const consumer = context.active();
      const fulfilled: Settle = (value) => {
        const given = settle(value);
        return typeof onFulfilled === "function" ? onFulfilled(given) : given;
      };
      const rejected = (error: unknown) => {
        opened.log.fail(error);
        if (typeof onRejected === "function") return onRejected(error);
        throw error;
      };
      const handlers = [context.bind(consumer, fulfilled), context.bind(consumer, rejected)];
      return start(then, this, handlers);
    },
  );
  let isParsed = false;
  const follow = (name: string, settled: Settle): void => {
    const method = watched && dataProperty(thenable, name);
    if (typeof method !== "function") return;
    defineHidden(thenable, name, function (this: unknown, ...args: unknown[]) {
      isParsed ||= name === "parse";
      const promise = start(method, this, args);
      return isInstance(promise, Promise) ? observePromise(promise, opened, settled) : promise;
    });
  };
  follow("parse", settle);
  // `withResponse()` asks for the response beside the answer that is parsed from it.
  follow("asResponse", (response) => (isParsed ? response : settle(response)));
  if (watched) endAtCollection(thenable, opened.log);
  return watched;
}
