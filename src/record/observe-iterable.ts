import { dataProperty, isObject } from "../base/data-property.ts";
import { defineHidden } from "./define-hidden.ts";
import { endAtCollection } from "./end-at-collection.ts";
import { observeIterator } from "./observe-iterator.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/**
 * Watches an async iterable such as an SDK's stream object through the iterator that it gives.
 * Only the first one is watched: a stream can be read once.
 */
export function observeAsyncIterable(iterable: object, opened: OpenedSpan): boolean {
  const iterate = dataProperty(iterable, Symbol.asyncIterator);
  if (typeof iterate !== "function") return false;
  let given = false;
  const watched = defineHidden(
    iterable,
    Symbol.asyncIterator,
    function (this: unknown, ...args: unknown[]) {
      const iterator: unknown = Reflect.apply(iterate, this, args);
      if (!given && isObject(iterator)) {
        given = observeIterator(iterator, opened);
      }
      return iterator;
    },
  );
  if (watched) endAtCollection(iterable, opened.log);
  return watched;
}
