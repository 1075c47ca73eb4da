import type { SpanReading } from "../base/span-reading.ts";
import type { HrTime, SpanView } from "../base/span-view.ts";
import type { Place, SharedFields } from "./place.ts";

/** One span in its tree, while the tree's logs are made. */
export interface SpanNode {
  readonly span: SpanView;
  /** `undefined` for a span that no dialect knows, and for one that was folded into another. */
  reading: SpanReading | undefined;
  /** `undefined` for a span whose parent is not among the given ones. */
  parent: SpanNode | undefined;
  /** By start time. */
  readonly children: SpanNode[];
  /** Set for one of several provider calls in a prompt: the prompt, and which call this is. */
  call: { readonly prompt: SpanNode; readonly number: number } | undefined;
  /** No Flow span at or above it. */
  loose: boolean;
  /** Which made Flow would take what is loose here. */
  group: string;
  /** A log below has the usage: this one's would count twice. */
  usageBelow: boolean;
  /** A log above tells usage: a sum of this one's would count twice. */
  usageAbove: boolean;
  /** `save: false` was said at it or above. */
  unsaved: boolean;
  /** Fields that it shares with what is below it. */
  shared: SharedFields;
  place: Place | undefined;
}

/**
 * Links spans of one trace by their parents' ids and gives them with parents before children,
 * siblings by start time. Spans whose parent is not given are roots.
 *
 * Guarantees: every span once (of two with the same id the later one), whatever the order they
 * came in; a ring of parents is cut open; time is linear but for the sorting of siblings.
 */
export function linkSpans(
  spans: Iterable<SpanView>,
  read: (span: SpanView) => SpanReading | undefined,
): readonly SpanNode[] {
  const nodes = new Map<string, SpanNode>();
  for (const span of spans) {
    nodes.set(span.spanId, {
      span,
      reading: read(span),
      parent: undefined,
      children: [],
      call: undefined,
      loose: true,
      group: "",
      usageBelow: false,
      usageAbove: false,
      unsaved: false,
      shared: NOTHING_SHARED,
      place: undefined,
    });
  }
  const roots: SpanNode[] = [];
  for (const node of nodes.values()) {
    const parentId = node.span.parentSpanId;
    node.parent = parentId === undefined ? undefined : nodes.get(parentId);
    (node.parent?.children ?? roots).push(node);
  }
  const ordered: SpanNode[] = [];
  const seen = new Set<SpanNode>();
  collect(roots, ordered, seen);
  if (ordered.length < nodes.size) openRings(nodes.values(), ordered, seen);
  return ordered;
}

const NOTHING_SHARED: SharedFields = {};

/** Adds the trees in pre-order. No recursion: a chain may be thousands of spans deep. */
function collect(roots: SpanNode[], ordered: SpanNode[], seen: Set<SpanNode>): void {
  const stack = sortByStart(roots).reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    ordered.push(node);
    const children = sortByStart(node.children);
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child !== undefined) stack.push(child);
    }
  }
}

/** Spans that no root leads to are parents of one another: the earliest becomes a root. */
function openRings(nodes: Iterable<SpanNode>, ordered: SpanNode[], seen: Set<SpanNode>): void {
  for (const node of sortByStart([...nodes])) {
    if (seen.has(node)) continue;
    const siblings = node.parent?.children;
    siblings?.splice(siblings.indexOf(node), 1);
    node.parent = undefined;
    collect([node], ordered, seen);
  }
}

/**
 * In place. SDKs start spans on whole milliseconds, so short calls after one another may start
 * alike: our own wrappers know better, and of others what ended first came first. The rest goes
 * by id, never by arrival.
 */
function sortByStart(nodes: SpanNode[]): SpanNode[] {
  return nodes.length < 2 ? nodes : nodes.sort(byStart);
}

function byStart(left: SpanNode, right: SpanNode): number {
  const { span: a } = left;
  const { span: b } = right;
  return (
    compareTimes(a.startTime, b.startTime) ||
    (a.recorded?.startMillis ?? 0) - (b.recorded?.startMillis ?? 0) ||
    compareTimes(a.endTime ?? NEVER, b.endTime ?? NEVER) ||
    (a.spanId < b.spanId ? -1 : 1)
  );
}

/** Later than any end. */
const NEVER: HrTime = [Number.MAX_SAFE_INTEGER, 0];

/** Negative when the first time is earlier. */
export function compareTimes(left: HrTime, right: HrTime): number {
  return left[0] - right[0] || left[1] - right[1];
}
