import type { TraceNode } from "./tree-model.ts";

/** What a key does in the tree: go to another log, or fold or unfold one. */
export type TreeMove =
  | { readonly move: "select"; readonly id: string }
  | { readonly move: "fold"; readonly id: string };

/**
 * Gives what a key means for the selected row, as the ARIA tree pattern has it: up and down (k and
 * j) go through the visible rows, left folds or goes to the parent, right unfolds or goes to the
 * first child, Home and End, Enter and Space fold and unfold. Undefined: the key is not ours.
 */
export function moveByKey(
  key: string,
  rows: readonly TraceNode[],
  selectedId: string,
  folded: ReadonlySet<string>,
): TreeMove | undefined {
  const at = rows.findIndex((row) => row.log.id === selectedId);
  const row = rows[at];
  if (row === undefined) return select(rows[0]);
  const canFold = row.children.length > 0;
  const isFolded = folded.has(selectedId);

  switch (key) {
    case "ArrowDown":
    case "j":
      return select(rows[at + 1]);
    case "ArrowUp":
    case "k":
      return select(rows[at - 1]);
    case "Home":
      return select(rows[0]);
    case "End":
      return select(rows.at(-1));
    case "ArrowLeft":
      return canFold && !isFolded ? { move: "fold", id: selectedId } : select(row.parent);
    case "ArrowRight":
      return canFold && isFolded ? { move: "fold", id: selectedId } : select(row.children[0]);
    case "Enter":
    case " ":
      return canFold ? { move: "fold", id: selectedId } : undefined;
    default:
      return undefined;
  }
}

function select(row: TraceNode | undefined): TreeMove | undefined {
  return row === undefined ? undefined : { move: "select", id: row.log.id };
}
