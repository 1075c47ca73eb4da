import type { TraceCollectorOptions } from "./collector-options.ts";
import type { SpanTree } from "./span-tree.ts";
import { systemTimers, type Timers } from "./timers.ts";

const MIN_SWEEP_MILLIS = 50;
const MAX_SWEEP_MILLIS = 500;

type Options = Pick<
  TraceCollectorOptions,
  "journal" | "lateSpanMillis" | "openTraceMillis" | "timers"
>;

/**
 * Trees that something is still to be done for, the oldest first. Each is held in the journal, and
 * looked at again and again; one timer serves them all, and only while there are any.
 */
export class ActiveTrees {
  readonly #options: Options;
  readonly #timers: Timers;
  readonly #look: (tree: SpanTree, nowMillis: number) => void;
  readonly #trees = new Set<SpanTree>();
  #stopTimer: (() => void) | undefined;

  constructor(options: Options, look: (tree: SpanTree, nowMillis: number) => void) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#look = look;
  }

  [Symbol.iterator](): Iterator<SpanTree> {
    return this.#trees.values();
  }

  add(tree: SpanTree): void {
    const { journal, openTraceMillis, lateSpanMillis } = this.#options;
    if (!this.#trees.has(tree)) journal?.hold(tree.traceId);
    this.#trees.add(tree);
    if (this.#stopTimer !== undefined) return;
    const wanted = Math.min(openTraceMillis, lateSpanMillis) / 4;
    this.#stopTimer = this.#timers.every(
      Math.min(Math.max(wanted, MIN_SWEEP_MILLIS), MAX_SWEEP_MILLIS),
      () => this.#sweep(),
    );
  }

  delete(tree: SpanTree): void {
    if (this.#trees.delete(tree)) this.#options.journal?.release(tree.traceId);
  }

  /** Looks at none any more, until one is added. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #sweep(): void {
    const now = this.#timers.now();
    for (const tree of this.#trees) this.#look(tree, now);
    if (this.#trees.size === 0) this.stop();
  }
}
