import { useRef } from "preact/hooks";
import { shortLabel } from "./cut-text.ts";
import {
  formatAgo,
  formatCost,
  formatCount,
  formatDuration,
  formatMoment,
  formatTokens,
} from "./format.ts";
import { TypeIcon } from "./icons.tsx";
import { Link } from "./link.tsx";
import { PathLabel } from "./path-label.tsx";
import { traceUrl } from "./route.ts";
import { StatusMark } from "./status-mark.tsx";
import { durationMillis, parseTime } from "./time.ts";
import { usePageKeys } from "./use-page-keys.ts";
import type { Navigate } from "./use-route.ts";
import type { TraceSummary } from "./wire.ts";

interface TraceTableProps {
  readonly traces: readonly TraceSummary[];
  readonly nowMillis: number;
  readonly navigate: Navigate;
}

/** The list of traces, one link a row; the arrows or j and k go through them, Enter opens one. */
export function TraceTable({ traces, nowMillis, navigate }: TraceTableProps) {
  const table = useRef<HTMLTableElement>(null);

  usePageKeys((event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    const links: Element[] = [...(table.current?.querySelectorAll("a") ?? [])];
    const at = document.activeElement === null ? -1 : links.indexOf(document.activeElement);
    const next = links[Math.max(0, at + step)];
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  });

  return (
    <table class="traces" ref={table}>
      <thead>
        <tr>
          <th scope="col">Path</th>
          <th scope="col">Status</th>
          <th scope="col">User</th>
          <th scope="col">When</th>
          <th scope="col">Duration</th>
          <th scope="col">Logs</th>
          <th scope="col">Tokens</th>
          <th scope="col">Cost</th>
        </tr>
      </thead>
      <tbody>
        {traces.map((trace) => (
          <TraceRow key={trace.id} trace={trace} nowMillis={nowMillis} navigate={navigate} />
        ))}
      </tbody>
    </table>
  );
}

const STEPS: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

interface TraceRowProps {
  readonly trace: TraceSummary;
  readonly nowMillis: number;
  readonly navigate: Navigate;
}

function TraceRow({ trace, nowMillis, navigate }: TraceRowProps) {
  const startMillis = parseTime(trace.start_time) ?? parseTime(trace.created_at);
  const endMillis = parseTime(trace.end_time);
  return (
    <tr class={trace.error ? "has-error" : undefined}>
      <th scope="row">
        <Link to={traceUrl(trace.id)} navigate={navigate} class="trace-link">
          <TypeIcon type={trace.type} />
          <PathLabel path={trace.path} />
        </Link>
        {trace.without_root && <span class="quiet">without its root</span>}
      </th>
      <td>
        <StatusMark status={trace.trace_status} hasError={trace.error} />
      </td>
      <td>
        <bdi>{shortLabel(trace.user ?? "", 40)}</bdi>
      </td>
      <td title={formatMoment(startMillis)}>{formatAgo(startMillis, nowMillis)}</td>
      <td class="number">{formatDuration(durationMillis({ startMillis, endMillis }))}</td>
      <td class="number">{formatCount(trace.log_count)}</td>
      <td class="number">
        {formatTokens(trace.prompt_tokens ?? undefined, trace.output_tokens ?? undefined)}
      </td>
      <td class="number">{formatCost(trace.cost ?? undefined)}</td>
    </tr>
  );
}
