import type { TraceNode, TraceTree } from "./tree-model.ts";

/** How many rows a trace may show before its deeper branches start folded. */
export const MAX_OPEN_ROWS = 500;

/**
 * Gives the ids to start folded, so that about `maxRows` rows are seen at first.
 *
 * Branches are opened level by level, from the root; a small trace is open whole. The root is
 * always open. Under a folded branch all is folded, so that it opens one level at a time.
 */
export function foldAtFirst(tree: TraceTree, maxRows: number = MAX_OPEN_ROWS): Set<string> {
  const folded = new Set<string>();
  if (tree.nodes.length <= maxRows) return folded;

  let shownRows = 1;
  const level = [tree.root];
  for (const node of level) {
    if (node.children.length === 0) continue;
    if (node !== tree.root && shownRows + node.children.length > maxRows) {
      folded.add(node.log.id);
      continue;
    }
    shownRows += node.children.length;
    for (const child of node.children) level.push(child);
  }
  foldBelow(folded, tree);
  return folded;
}

/** Gives every id that can be folded, the root left open. */
export function foldAll(tree: TraceTree): Set<string> {
  const folded = new Set<string>();
  for (const node of tree.nodes) {
    if (node !== tree.root && node.children.length > 0) folded.add(node.log.id);
  }
  return folded;
}

/** Gives the folded ids without the ancestors of a log, so that its row is seen. */
export function unfoldTo(id: string, tree: TraceTree, folded: ReadonlySet<string>): Set<string> {
  const remaining = new Set(folded);
  let ancestor = tree.byId.get(id)?.parent;
  for (; ancestor !== undefined; ancestor = ancestor.parent) remaining.delete(ancestor.log.id);
  return remaining;
}

/** Gives the folded ids with one of them turned round. */
export function toggleFold(id: string, folded: ReadonlySet<string>): Set<string> {
  const turned = new Set(folded);
  if (!turned.delete(id)) turned.add(id);
  return turned;
}

/** Gives the rows to draw, in order: every node whose ancestors are all open. */
export function visibleRows(tree: TraceTree, folded: ReadonlySet<string>): TraceNode[] {
  const rows: TraceNode[] = [];
  let hiddenBelowDepth = Infinity;
  for (const node of tree.nodes) {
    if (node.depth > hiddenBelowDepth) continue;
    rows.push(node);
    hiddenBelowDepth = folded.has(node.log.id) ? node.depth : Infinity;
  }
  return rows;
}

function foldBelow(folded: Set<string>, tree: TraceTree): void {
  for (const node of tree.nodes) {
    const isUnderFolded = node.parent !== undefined && folded.has(node.parent.log.id);
    if (isUnderFolded && node.children.length > 0) folded.add(node.log.id);
  }
}
