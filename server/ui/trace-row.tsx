import { formatDuration, formatPlural, formatTokens } from "./format.ts";
import { FoldIcon, TypeIcon } from "./icons.tsx";
import { PathLabel } from "./path-label.tsx";
import { durationMillis } from "./time.ts";
import { barOf, type TraceNode, type TraceTree } from "./tree-model.ts";

/** Deeper rows are not moved further to the right, so that their names can still be read. */
const MAX_INDENT = 16;

interface TraceRowProps {
  readonly node: TraceNode;
  readonly tree: TraceTree;
  readonly isFolded: boolean;
  readonly isSelected: boolean;
}

/** One log in the tree. The tree hears its clicks and keys: `data-index` says which row it was. */
export function TraceRow({ node, tree, isFolded, isSelected }: TraceRowProps) {
  const canFold = node.children.length > 0;
  const { usage } = node;
  const isSum = usage.calls > 0 && canFold;
  const classes = ["row"];
  if (isSelected) classes.push("is-selected");
  if (node.hasError) classes.push("has-error");

  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, as aria-activedescendant has it.
    <div
      id={rowIdOf(node)}
      class={classes.join(" ")}
      data-index={node.index}
      role="treeitem"
      aria-level={node.depth + 1}
      aria-setsize={node.parent?.children.length ?? 1}
      aria-posinset={node.position}
      aria-selected={isSelected}
      aria-expanded={canFold ? !isFolded : undefined}
      style={{ "--depth": Math.min(node.depth, MAX_INDENT) }}
    >
      <span class="row-name">
        <span class="fold" data-fold={canFold ? "" : undefined}>
          {canFold && <FoldIcon />}
        </span>
        <TypeIcon type={node.type} />
        <PathLabel path={node.path} />
        {node.errorsBelow > 0 && (
          <span class="errors-below" title={`${formatPlural(node.errorsBelow, "error")} below`}>
            {node.errorsBelow}
          </span>
        )}
        {isFolded && <span class="quiet">{node.children.length} folded</span>}
      </span>
      <span class={`number ${isSum ? "is-sum" : ""}`} title={isSum ? "All calls below" : undefined}>
        {usage.calls > 0 && formatTokens(usage.promptTokens, usage.outputTokens)}
      </span>
      <span class="number">{formatDuration(durationMillis(node))}</span>
      <span class="row-bar">
        <RowBar node={node} tree={tree} />
      </span>
    </div>
  );
}

/** Gives the element id of a log's row: made of its place, never of the log's own id. */
export function rowIdOf(node: TraceNode): string {
  return `row-${node.index}`;
}

/** The widths are set through the element's style object, which a strict style-src allows. */
function RowBar({ node, tree }: { readonly node: TraceNode; readonly tree: TraceTree }) {
  const bar = barOf(node, tree);
  if (bar === undefined) return undefined;
  return (
    <span
      class={`bar is-${node.type} ${bar.isOpen ? "is-open" : ""}`}
      style={{ left: `${bar.left * 100}%`, width: `${bar.width * 100}%` }}
    />
  );
}
