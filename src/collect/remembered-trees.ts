import type { SpanIndex } from "./span-index.ts";
import type { SpanTree } from "./span-tree.ts";

/**
 * The trees that went out last, so that late spans find their parents. Bounded by spans: the tree
 * that was added longest ago is forgotten first.
 */
export class RememberedTrees {
  /** Each tree's size when it was added. */
  readonly #sizes = new Map<SpanTree, number>();
  readonly #index: SpanIndex;
  readonly #maxSpans: number;
  #spans = 0;

  constructor(index: SpanIndex, maxSpans: number) {
    this.#index = index;
    this.#maxSpans = maxSpans;
  }

  /** Adds a tree, or puts it last again. */
  add(tree: SpanTree): void {
    this.#spans += tree.memory.places.size - (this.#sizes.get(tree) ?? 0);
    this.#sizes.delete(tree);
    this.#sizes.set(tree, tree.memory.places.size);
    for (const oldest of this.#sizes.keys()) {
      if (this.#spans <= this.#maxSpans) return;
      this.#forget(oldest);
    }
  }

  #forget(tree: SpanTree): void {
    this.#spans -= this.#sizes.get(tree) ?? 0;
    this.#sizes.delete(tree);
    for (const spanId of tree.memory.places.keys()) this.#index.delete(tree.traceId, spanId);
  }
}
