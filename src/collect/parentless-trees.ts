import type { MissingParent, SpanTree } from "./span-tree.ts";

/** Trees whose top spans wait for their parent: at most one for each parent. */
export class ParentlessTrees {
  /** By trace id and the parent's span id. */
  readonly #trees = new Map<string, SpanTree>();

  get(traceId: string, parentId: string): SpanTree | undefined {
    return this.#trees.get(traceId + parentId);
  }

  set(tree: SpanTree, missing: MissingParent): void {
    tree.missing = missing;
    this.#trees.set(tree.traceId + missing.parentId, tree);
  }

  /** The tree that waits for this span; it waits no more. */
  take(traceId: string, spanId: string): SpanTree | undefined {
    const tree = this.#trees.get(traceId + spanId);
    if (tree !== undefined) this.delete(tree);
    return tree;
  }

  delete(tree: SpanTree): void {
    if (tree.missing === undefined) return;
    this.#trees.delete(tree.traceId + tree.missing.parentId);
    tree.missing = undefined;
  }
}
