import { context } from "@opentelemetry/api";
import { dataProperty, isInstance, isObject } from "../base/data-property.ts";
import { defineHidden } from "../spans/define-hidden.ts";
import { endAtCollection } from "../spans/end-at-collection.ts";
import { observeAsyncIterable } from "./observe-iterable.ts";
import { observePromise, type Settle } from "./observe-promise.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/**
 * Watches a promise subclass or any other thenable through its own `then`, `catch` and `finally`,
 * the object itself staying what it was: its other methods are kept, and a lazy one is not
 * started. When it is, its work runs in the span's context and the consumer's handlers in their
 * own. What can be iterated too (an SDK's loop of an agent) is followed there when the consumer
 * begins with that.
 *
 * The SDKs of OpenAI, Anthropic and their like reach their answer through `parse` instead, from
 * `catch`, `finally` and `withResponse()` too, so it is watched where there is one; `asResponse()`
 * alone gives the bare response, whose body is followed.
 */
export function observeThenable(thenable: object, opened: OpenedSpan, settle: Settle): boolean {
  const { log } = opened;
  /** Calls that are followed: what makes one itself needs no following. */
  let followed = 0;
  let isIterated = false;
  let isParsed = false;

  /** What it has given, which no call gives before: a stream in it is watched once. */
  let taken: unknown = log;
  const take: Settle = (value) => {
    if (isIterated || value === taken) return value;
    taken = value;
    return settle(value);
  };
  const watch = (
    name: string,
    around: (start: (args: unknown[]) => unknown, args: unknown[]) => unknown,
  ): boolean => {
    const method = dataProperty(thenable, name);
    return (
      typeof method === "function" &&
      defineHidden(thenable, name, function (this: unknown, ...args: unknown[]) {
        // `got` copies a promise's properties to another one, whose own method it has to be.
        const isCopy = isObject(this) && this !== thenable && Object.hasOwn(this, name);
        const own = isCopy && dataProperty(Object.getPrototypeOf(this), name);
        const start = (given: unknown[]) =>
          context.with(opened.context, () => Reflect.apply((own || method) as Settle, this, given));
        return around(start, args);
      })
    );
  };
  const follow = (promise: unknown, settled: Settle): unknown => {
    followed++;
    return isInstance(promise, Promise) ? observePromise(promise, opened, settled) : promise;
  };

  const watched = watch("then", (start, [onFulfilled, onRejected, ...more]) => {
    followed++;
    const consumer = context.active();
    // jQuery's promises give several values, and take a third handler.
    const fulfilled = (value: unknown, ...others: unknown[]) => {
      const given = take(value);
      return typeof onFulfilled === "function" ? onFulfilled(given, ...others) : given;
    };
    const rejected = (error: unknown, ...others: unknown[]) => {
      log.fail(error);
      if (typeof onRejected === "function") return onRejected(error, ...others);
      throw error;
    };
    return start([context.bind(consumer, fulfilled), context.bind(consumer, rejected), ...more]);
  });
  if (!watched) return false;
  for (const name of ["catch", "finally"]) {
    watch(name, (start, args) => {
      const before = followed;
      // Bluebird has a handler behind what it is to handle.
      const handler = args.pop();
      const handle = context.bind(context.active(), (...given: unknown[]) => {
        if (name === "catch") log.fail(given[0]);
        return (handler as Settle)(...(given as [unknown]));
      });
      const promise = start([...args, typeof handler === "function" ? handle : handler]);
      return followed > before ? promise : follow(promise, take);
    });
  }
  watch("parse", (start, args) => {
    isParsed = true;
    return follow(start(args), take);
  });
  // `withResponse()` asks for the response beside the answer that is parsed from it.
  watch("asResponse", (start, args) =>
    follow(start(args), (response) => (isParsed ? response : take(response))),
  );
  endAtCollection(thenable, log);
  observeAsyncIterable(thenable, opened, () => {
    isIterated = followed === 0;
    return isIterated;
  });
  return true;
}
