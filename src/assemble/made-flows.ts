import { type JsonText, toJsonText } from "../base/json-text.ts";
import type { LogDraft } from "../base/log-types.ts";
import type { HrTime } from "../base/span-view.ts";
import { otelText } from "./draft-fields.ts";
import { isLooseLog } from "./loose-logs.ts";
import { joinObject } from "./object-text.ts";
import type { AssembleOptions } from "./options.ts";
import { madeFlowPath, pathOf, serviceOf } from "./paths.ts";
import type { MadeFlow, SharedFields, TreeMemory } from "./place.ts";
import { agreed } from "./shared-fields.ts";
import { compareTimes, type SpanNode } from "./span-node.ts";
import { secondsText, timeText } from "./times.ts";

/**
 * Makes a Flow for each group with several loose logs and none yet, and gives the new ones. They
 * are in the memory afterwards.
 */
export function makeFlows(
  nodes: readonly SpanNode[],
  memory: TreeMemory,
  options: AssembleOptions,
): ReadonlySet<MadeFlow> {
  const first = new Map<string, SpanNode>();
  const made = new Set<MadeFlow>();
  for (const node of nodes) {
    if (!isLooseLog(node) || memory.made.has(node.group)) continue;
    const before = first.get(node.group);
    first.set(node.group, before ?? node);
    if (before === undefined) continue;
    const flow = makeFlow(before, memory, options);
    memory.made.set(node.group, flow);
    made.add(flow);
  }
  return made;
}

function makeFlow(firstLog: SpanNode, memory: TreeMemory, options: AssembleOptions): MadeFlow {
  let top = firstLog;
  while (top.parent !== undefined) top = top.parent;
  const { span, reading } = top;
  // A span above was handed over while it was open: then the local root has not ended.
  const { parentSpanId } = span;
  const isRoot = parentSpanId === undefined || !memory.places.has(parentSpanId);
  const rootPath =
    isRoot && reading?.type !== undefined
      ? pathOf(reading.type, reading, span, undefined, options)
      : undefined;
  const suffix = firstLog.group === "" ? "" : `${firstLog.group}_flow`;
  return {
    id: `log_${span.traceId}${suffix}`,
    path: madeFlowPath(span, isRoot, rootPath, options),
    root: span,
    startTime: span.startTime,
    endTime: undefined,
    isEnded: false,
  };
}

/**
 * The logs of made Flows: of new ones, and of those that end now, when the tree is whole. A made
 * Flow ends with the last of its logs or with the local root, whichever is later.
 */
export function madeFlowDrafts(
  nodes: readonly SpanNode[],
  memory: TreeMemory,
  newFlows: ReadonlySet<MadeFlow>,
  options: AssembleOptions,
  open: boolean,
): readonly LogDraft[] {
  if (memory.made.size === 0) return [];
  for (const node of nodes) {
    const flow = memory.made.get(node.group);
    const { span } = node;
    if (flow === undefined || span.endTime === undefined) continue;
    if (isLooseLog(node) || span.spanId === flow.root.spanId) extend(flow, span.endTime);
  }
  const flows = [...memory.made.values()].filter(
    (flow) => newFlows.has(flow) || !(open || flow.isEnded),
  );
  return flows.map((flow) => {
    flow.isEnded = !open;
    return flowDraft(flow, agreed(flow.id, memory), options);
  });
}

function extend(flow: MadeFlow, endTime: HrTime): void {
  if (flow.endTime === undefined || compareTimes(flow.endTime, endTime) < 0) flow.endTime = endTime;
}

function flowDraft(
  flow: MadeFlow,
  shared: SharedFields | undefined,
  options: AssembleOptions,
): LogDraft {
  const { root } = flow;
  const source = toJsonText(serviceOf(root, options));
  const meta = joinObject({ otel: otelText(root.traceId, root.spanId, source) });
  return {
    type: "flow",
    id: flow.id,
    rootId: flow.id,
    parentId: undefined,
    fields: {
      path: flow.path,
      flow: toJsonText({ attributes: {} }),
      ...flowTimes(flow),
      source,
      ...(shared?.session_id !== undefined && { session_id: shared.session_id }),
      ...(shared?.user !== undefined && { user: shared.user }),
      metadata: joinObject({ flowspan: meta }),
    },
    query: {},
    ended: flow.isEnded,
    save: true,
  };
}

function flowTimes({ startTime, endTime, isEnded }: MadeFlow): Record<string, JsonText> {
  const start = { start_time: timeText(startTime) };
  if (!isEnded || endTime === undefined) return start;
  const latency = secondsText(startTime, endTime);
  return { ...start, end_time: timeText(endTime), provider_latency: latency };
}
