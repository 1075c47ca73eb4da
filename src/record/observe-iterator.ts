import { context } from "@opentelemetry/api";
import { dataProperty } from "../base/data-property.ts";
import { ChunkCollector } from "./chunk-collector.ts";
import { endAtCollection } from "./end-at-collection.ts";
import type { OpenedSpan } from "./run-in-span.ts";

type Step = (...args: unknown[]) => unknown;

/**
 * Watches a generator object, sync or async, through its own `next`, `return` and `throw`: each
 * runs in the span's context, the consumer's code does not. The object itself stays what it was.
 *
 * @param open gives the span at the first step; `undefined`: tracing is off.
 */
export function observeIterator(iterator: object, open: () => OpenedSpan | undefined): boolean {
  const watcher = new IteratorWatcher(iterator, open);
  return watcher.attach();
}

class IteratorWatcher {
  readonly #iterator: WeakRef<object>;
  readonly #open: () => OpenedSpan | undefined;
  #asked = false;
  #opened: OpenedSpan | undefined;
  #chunks: ChunkCollector | undefined;

  constructor(iterator: object, open: () => OpenedSpan | undefined) {
    this.#iterator = new WeakRef(iterator);
    this.#open = open;
  }

  /** Replaces the three methods on the object; false when it can't be changed. */
  attach(): boolean {
    const iterator = this.#iterator.deref();
    if (iterator === undefined) return false;
    let attached = false;
    for (const name of ["next", "return", "throw"] as const) {
      const step = dataProperty(iterator, name);
      if (typeof step !== "function") continue;
      const watcher = this;
      attached = Reflect.defineProperty(iterator, name, {
        configurable: true,
        writable: true,
        enumerable: false,
        value: function (this: unknown, ...args: unknown[]) {
          return watcher.#step(name, step as Step, this, args);
        },
      });
      if (!attached) return false;
    }
    return attached;
  }

  #step(name: "next" | "return" | "throw", step: Step, self: unknown, args: unknown[]): unknown {
    const opened = this.#openAt(name);
    if (opened === undefined) return Reflect.apply(step, self, args);
    let result: unknown;
    try {
      result = context.with(opened.context, Reflect.apply, undefined, step, self, args);
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (!(result instanceof Promise)) {
      this.#see(name, result);
      return result;
    }
    return result.then(
      (settled: unknown) => {
        this.#see(name, settled);
        return settled;
      },
      (error: unknown) => {
        this.#fail(error);
        throw error;
      },
    );
  }

  /** The span opens with the first `next`; a generator that is ended before has run nothing. */
  #openAt(name: "next" | "return" | "throw"): OpenedSpan | undefined {
    if (!this.#asked && name === "next") {
      this.#asked = true;
      this.#opened = this.#open();
      const iterator = this.#iterator.deref();
      if (this.#opened !== undefined) {
        this.#chunks = new ChunkCollector(this.#opened.log, this.#opened.settings);
        if (iterator !== undefined) endAtCollection(iterator, this.#opened.log);
      }
    }
    return this.#opened;
  }

  #see(name: "next" | "return" | "throw", result: unknown): void {
    const done = typeof result === "object" && result !== null && dataProperty(result, "done");
    const value =
      typeof result === "object" && result !== null ? dataProperty(result, "value") : undefined;
    if (!done) {
      this.#chunks?.add(value);
      return;
    }
    this.#chunks?.finish(name === "next" ? value : undefined);
    this.#opened?.log.end(name === "return" ? "cancelled" : "ok");
  }

  #fail(error: unknown): void {
    this.#chunks?.finish();
    this.#opened?.log.fail(error);
  }
}
