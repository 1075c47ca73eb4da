import {
  formatCost,
  formatCount,
  formatDuration,
  formatMoment,
  formatPlural,
  formatTokens,
} from "./format.ts";
import { TypeIcon } from "./icons.tsx";
import { PathLabel } from "./path-label.tsx";
import { StatusMark } from "./status-mark.tsx";
import { durationMillis } from "./time.ts";
import type { TraceTree } from "./tree-model.ts";
import type { TraceStatus } from "./wire.ts";

interface TraceHeadProps {
  readonly tree: TraceTree;
  readonly status: TraceStatus | undefined;
}

/** The trace in one line: what it is, how it went, how long it took and what it used. */
export function TraceHead({ tree, status }: TraceHeadProps) {
  const { usage } = tree.root;
  const unpriced = usage.cost !== undefined && usage.callsWithoutCost > 0;
  return (
    <header class="trace-head">
      <h1>
        <TypeIcon type={tree.root.type} />
        <PathLabel path={tree.root.path} />
        <StatusMark status={status} hasError={false} />
        {tree.errorCount > 0 && (
          <span class="mark is-error">{formatPlural(tree.errorCount, "error")}</span>
        )}
      </h1>
      <dl class="totals">
        <Total label="Started" value={formatMoment(tree.startMillis)} />
        <Total label="Duration" value={formatDuration(durationMillis(tree))} />
        <Total label="Logs" value={formatCount(tree.nodes.length)} />
        <Total label="Tokens" value={formatTokens(usage.promptTokens, usage.outputTokens)} />
        <Total
          label="Cost"
          value={formatCost(usage.cost) + (unpriced ? " +" : "")}
          hint={
            unpriced ? `${formatPlural(usage.callsWithoutCost, "call")} without a price` : undefined
          }
        />
      </dl>
    </header>
  );
}

interface TotalProps {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
}

function Total({ label, value, hint }: TotalProps) {
  return (
    <div title={hint}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
