import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { MAX_OPEN_ROWS, visibleRows } from "./folding.ts";
import { formatDuration, formatPlural } from "./format.ts";
import { durationMillis } from "./time.ts";
import { rowIdOf, TraceRow } from "./trace-row.tsx";
import { moveByKey } from "./tree-keys.ts";
import type { TraceNode, TraceTree } from "./tree-model.ts";
import { usePageKeys } from "./use-page-keys.ts";

interface TraceTreeViewProps {
  readonly tree: TraceTree;
  readonly folded: ReadonlySet<string>;
  readonly selected: TraceNode;
  /** `replace`: the selection moved by a key, which leaves no step to go back to. */
  readonly onSelect: (id: string, how?: { readonly replace: boolean }) => void;
  readonly onFold: (id: string) => void;
  readonly onFoldAll: () => void;
  readonly onUnfoldAll: () => void;
}

/** The trace as a tree on the left and as a waterfall beside it, one row a log. */
export function TraceTreeView(props: TraceTreeViewProps) {
  const { tree, folded, selected, onSelect, onFold } = props;
  const list = useRef<HTMLDivElement>(null);
  const [rowLimit, setRowLimit] = useState(MAX_OPEN_ROWS);
  const rows = visibleRows(tree, folded);
  const drawn = rows.slice(0, Math.max(rowLimit, rows.indexOf(selected) + 1));

  // Before the first paint: a key that is pressed on sight of the tree is the tree's.
  useLayoutEffect(() => {
    list.current?.focus({ preventScroll: true });
  }, []);
  useLayoutEffect(() => {
    document.getElementById(rowIdOf(selected))?.scrollIntoView({ block: "nearest" });
  }, [selected.log.id]);

  usePageKeys((event) => {
    const isOurs =
      event.key === "j" || event.key === "k" || list.current === document.activeElement;
    const move = isOurs ? moveByKey(event.key, drawn, selected.log.id, folded) : undefined;
    if (move === undefined) return;
    event.preventDefault();
    if (move.move === "fold") onFold(move.id);
    else onSelect(move.id, { replace: true });
  });

  const click = (event: MouseEvent) => {
    const target = event.target instanceof Element ? event.target : undefined;
    const index = target?.closest("[data-index]")?.getAttribute("data-index");
    const node = index ? tree.nodes[Number(index)] : undefined;
    if (node === undefined) return;
    if (target?.closest("[data-fold]") && node.children.length > 0) onFold(node.log.id);
    else onSelect(node.log.id);
  };
  return (
    <section class="tree-pane" aria-label="Logs of the trace">
      <TreeHead tree={tree} onFoldAll={props.onFoldAll} onUnfoldAll={props.onUnfoldAll} />
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: usePageKeys hears this tree's keys. */}
      <div
        class="tree"
        ref={list}
        role="tree"
        tabIndex={0}
        aria-label="Logs"
        aria-activedescendant={rowIdOf(selected)}
        onClick={click}
      >
        {drawn.map((node) => (
          <TraceRow
            key={node.log.id}
            node={node}
            tree={tree}
            isFolded={folded.has(node.log.id)}
            isSelected={node === selected}
          />
        ))}
      </div>
      {rows.length > drawn.length && (
        <button
          type="button"
          class="button more-rows"
          onClick={() => setRowLimit(drawn.length + MAX_OPEN_ROWS)}
        >
          Show more of {formatPlural(rows.length, "row")}
        </button>
      )}
    </section>
  );
}

interface TreeHeadProps {
  readonly tree: TraceTree;
  readonly onFoldAll: () => void;
  readonly onUnfoldAll: () => void;
}

function TreeHead({ tree, onFoldAll, onUnfoldAll }: TreeHeadProps) {
  const length = durationMillis(tree);
  return (
    <header class="tree-head">
      <span>
        <button type="button" class="more" onClick={onUnfoldAll}>
          Unfold all
        </button>
        <button type="button" class="more" onClick={onFoldAll}>
          Fold all
        </button>
      </span>
      <span class="number">Tokens</span>
      <span class="number">Duration</span>
      <span class="axis">
        <span>0</span>
        <span>{length ? formatDuration(length / 2) : ""}</span>
        <span>{length ? formatDuration(length) : ""}</span>
      </span>
    </header>
  );
}
