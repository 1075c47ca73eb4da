import type { ReadableSpanLike, SpanView } from "../base/span-view.ts";
import { ParentlessTrees } from "./parentless-trees.ts";
import { SpanIndex } from "./span-index.ts";
import { parentOf } from "./span-to-view.ts";
import { SpanTree } from "./span-tree.ts";

/** Spans of one open tree that are remembered after their logs went out. */
const MAX_PLACES = 10_000;

/**
 * Finds the tree that a span belongs to, whatever the order in which spans come.
 *
 * A span without a parent in this process is a local root. With starts seen, every parent is
 * known before its children; without, a span whose parent has not come waits for it in a tree of
 * its own, and trees are joined when the parent comes.
 */
export class SpanForest {
  readonly index: SpanIndex = new SpanIndex();
  readonly #parentless = new ParentlessTrees();
  readonly #seesStarts: boolean;
  readonly #nowMillis: () => number;
  readonly #onJoined: (tree: SpanTree) => void;
  #orphanedSpans = 0;

  /** `onJoined` gets each tree that was emptied into another one. */
  constructor(seesStarts: boolean, nowMillis: () => number, onJoined: (tree: SpanTree) => void) {
    this.#seesStarts = seesStarts;
    this.#nowMillis = nowMillis;
    this.#onJoined = onJoined;
  }

  /** Spans that became local roots though their parent is in this process. */
  get orphanedSpans(): number {
    return this.#orphanedSpans;
  }

  /** The tree of a span that has started. */
  treeOfStarted(span: ReadableSpanLike): SpanTree {
    const { traceId, spanId } = span.spanContext();
    const parent = parentOf(span);
    // A trace may come back to its own process: a parent that is known is none of another one.
    const above = this.index.get(traceId, parent.spanId);
    const tree = above ?? this.#plant(traceId, spanId, parent.isRemote === false);
    tree.start(spanId, parent.spanId, span);
    this.index.set(traceId, spanId, tree);
    return tree;
  }

  /**
   * The tree of a span that has ended; it was started in it or joins it now. `undefined` for a
   * span that has come before.
   */
  treeOfEnded(view: SpanView): SpanTree | undefined {
    const { traceId, spanId } = view;
    const known = this.index.get(traceId, spanId);
    if (known !== undefined) return known.open.has(spanId) ? known : undefined;
    const tree = this.#place(view);
    this.index.set(traceId, spanId, tree);
    return tree;
  }

  /** Whether the span's parent is known here. */
  knowsParent(span: ReadableSpanLike): boolean {
    return this.index.get(span.spanContext().traceId, parentOf(span).spanId) !== undefined;
  }

  /** Keeps an open tree that grows on and on from growing in memory. */
  trim(tree: SpanTree): void {
    for (const spanId of tree.forgetPlaces(MAX_PLACES)) this.index.delete(tree.traceId, spanId);
  }

  /** The tree waits for no parent any more. */
  stopWaiting(tree: SpanTree): void {
    if (tree.missing?.isLocal) this.#orphanedSpans += tree.waitingSpans;
    this.#parentless.delete(tree);
  }

  /** A new tree with this span as its local root. */
  #plant(traceId: string, rootSpanId: string, isOrphan: boolean): SpanTree {
    if (isOrphan) this.#orphanedSpans++;
    const tree = new SpanTree(traceId, this.#nowMillis());
    tree.rootSpanId = rootSpanId;
    return tree;
  }

  /** The tree of a span whose start was not seen; spans that waited for it come along. */
  #place(view: SpanView): SpanTree {
    const { traceId, spanId, parentSpanId, parentIsRemote } = view;
    const above = this.index.get(traceId, parentSpanId);
    const below = this.#parentless.take(traceId, spanId);
    if (above !== undefined) return below === undefined ? above : this.#join(above, below);
    if (parentSpanId === undefined || parentIsRemote || this.#seesStarts) {
      const isOrphan = parentSpanId !== undefined && parentIsRemote === false;
      if (below === undefined) return this.#plant(traceId, spanId, isOrphan);
      below.rootSpanId = spanId;
      return below;
    }
    const sinceMillis = this.#nowMillis();
    const tree = below ?? new SpanTree(traceId, sinceMillis);
    const sibling = this.#parentless.get(traceId, parentSpanId);
    if (sibling !== undefined) return this.#join(sibling, tree);
    const isLocal = parentIsRemote === false;
    this.#parentless.set(tree, { parentId: parentSpanId, sinceMillis, isLocal });
    return tree;
  }

  /** Joins a tree to the one above or beside it; what moves is the smaller one where it can. */
  #join(upper: SpanTree, lower: SpanTree): SpanTree {
    if (upper === lower) return upper;
    const { missing } = upper;
    const swaps = upper.isUntouched && upper.waitingSpans < lower.waitingSpans;
    const [into, from] = swaps ? [lower, upper] : [upper, lower];
    if (swaps) {
      into.rootSpanId = upper.rootSpanId;
      into.rootEndedAtMillis = upper.rootEndedAtMillis;
      if (missing !== undefined) this.#parentless.set(into, missing);
    }
    from.missing = undefined;
    into.join(from);
    this.#onJoined(from);
    return into;
  }
}
