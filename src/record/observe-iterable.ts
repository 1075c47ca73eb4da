import { dataProperty, isObject } from "../base/data-property.ts";
import { defineHidden } from "../spans/define-hidden.ts";
import { endAtCollection } from "../spans/end-at-collection.ts";
import { observeIterator } from "./observe-iterator.ts";
import type { OpenedSpan } from "./run-in-span.ts";

/**
 * Watches an async iterable such as an SDK's stream object through the iterator that it gives.
 * Only the first one is watched: a stream can be read once.
 *
 * The streams of OpenAI, Anthropic and their like make theirs in `iterator`, which their `tee`
 * calls too.
 *
 * @param isFirst asked when an iterator is made: false when the consumer has taken another way.
 */
export function observeAsyncIterable(
  iterable: object,
  opened: OpenedSpan,
  isFirst: () => boolean = () => true,
): boolean {
  let given = false;
  const watch = (name: PropertyKey): boolean => {
    const iterate = dataProperty(iterable, name);
    if (typeof iterate !== "function") return false;
    return defineHidden(iterable, name, function (this: unknown, ...args: unknown[]) {
      const iterator: unknown = Reflect.apply(iterate, this, args);
      if (!given && isFirst() && isObject(iterator)) given = observeIterator(iterator, opened);
      return iterator;
    });
  };
  if (!watch(Symbol.asyncIterator)) return false;
  watch("iterator");
  endAtCollection(iterable, opened.log);
  return true;
}
