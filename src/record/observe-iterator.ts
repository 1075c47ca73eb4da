import { context } from "@opentelemetry/api";
import { dataProperty, isObject } from "../base/data-property.ts";
import { ChunkCollector } from "./chunk-collector.ts";
import { defineHidden } from "./define-hidden.ts";
import { endAtCollection } from "./end-at-collection.ts";
import type { OpenedSpan } from "./run-in-span.ts";

type Step = (...args: unknown[]) => unknown;

type StepName = "next" | "return" | "throw";

/**
 * Watches a generator object, sync or async, through its own `next`, `return` and `throw`: each
 * runs in the span's context, the consumer's code does not. The object itself stays what it was.
 *
 * @param open gives the span at the first `next`; `undefined`: tracing is off.
 * @returns false when the object can't be changed.
 */
export function observeIterator(iterator: object, open: () => OpenedSpan | undefined): boolean {
  const watcher = new IteratorWatcher(iterator, open);
  let watched = false;
  for (const name of ["next", "return", "throw"] as const) {
    const step = dataProperty(iterator, name);
    if (typeof step !== "function") continue;
    watched = defineHidden(iterator, name, function (this: unknown, ...args: unknown[]) {
      return watcher.step(name, step as Step, this, args);
    });
    if (!watched) break;
  }
  return watched;
}

class IteratorWatcher {
  /** Weak: the iterator's own methods hold this watcher, and it has to be collectable. */
  readonly #iterator: WeakRef<object>;
  #begun = false;
  readonly #open: () => OpenedSpan | undefined;
  #opened: OpenedSpan | undefined;
  #chunks: ChunkCollector | undefined;

  constructor(iterator: object, open: () => OpenedSpan | undefined) {
    this.#iterator = new WeakRef(iterator);
    this.#open = open;
  }

  step(name: StepName, step: Step, self: unknown, args: unknown[]): unknown {
    if (name === "next") this.#begin();
    const opened = this.#opened;
    if (opened === undefined) return Reflect.apply(step, self, args);
    let result: unknown;
    try {
      result = context.with(opened.context, Reflect.apply, undefined, step, self, args);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (!(result instanceof Promise)) return this.#see(name, result);
    return result.then(
      (settled: unknown) => this.#see(name, settled),
      (error: unknown) => {
        this.#fail(error);
        throw error;
      },
    );
  }

  /** The span opens with the first `next`: a generator that is ended before has run nothing. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#opened = this.#open();
    if (this.#opened === undefined) return;
    this.#chunks = new ChunkCollector(this.#opened.log, this.#opened.settings);
    const iterator = this.#iterator.deref();
    if (iterator !== undefined) endAtCollection(iterator, this.#opened.log);
  }

  /** Looks at one step's result and gives it on. */
  #see(name: StepName, result: unknown): unknown {
    if (!isObject(result)) return result;
    const value = dataProperty(result, "value");
    if (dataProperty(result, "done")) {
      this.#chunks?.finish(name === "next" ? value : undefined);
      this.#opened?.log.end(name === "return" ? "cancelled" : "ok");
    } else {
      this.#chunks?.add(value);
    }
    return result;
  }

  #fail(error: unknown): void {
    this.#chunks?.finish();
    this.#opened?.log.fail(error);
  }
}
