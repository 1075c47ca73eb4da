import { durationMillis, parseTime } from "./time.ts";
import { addUsage, NO_USAGE, ownUsage, type Usage } from "./usage.ts";
import type { FileVersion, LogResponse, LogType } from "./wire.ts";

/** One log in its trace's tree. Times are milliseconds since 1970, with their fraction. */
export interface TraceNode {
  readonly log: LogResponse;
  readonly type: LogType;
  readonly path: string;
  /** 0 for the root. */
  readonly depth: number;
  /** The place in the trace when everything is unfolded; 0 for the root. */
  readonly index: number;
  /** The place among its siblings, from 1. */
  readonly position: number;
  readonly parent: TraceNode | undefined;
  /** By start time; logs without one keep the server's order, after the others. */
  readonly children: readonly TraceNode[];
  readonly startMillis: number | undefined;
  /** Undefined while the log runs, or when nothing says when it ended. */
  readonly endMillis: number | undefined;
  readonly hasError: boolean;
  /** Logs with an error among the descendants, this one not counted. */
  readonly errorsBelow: number;
  /** Tokens and costs of this log and everything below, each model call counted once. */
  readonly usage: Usage;
  /** Its `trace_parent_id` names a log that is not in this trace. */
  readonly isOrphan: boolean;
  /** Its clock disagrees: it ends before it starts, or starts before its parent does. */
  readonly isSkewed: boolean;
}

/** A whole trace, ready to be drawn. */
export interface TraceTree {
  readonly root: TraceNode;
  /** Every node, parents before their children, in drawing order. */
  readonly nodes: readonly TraceNode[];
  readonly byId: ReadonlyMap<string, TraceNode>;
  /** The common time axis: the earliest start and the latest end of all logs. */
  readonly startMillis: number | undefined;
  readonly endMillis: number | undefined;
  readonly errorCount: number;
}

/** A bar on the time axis, in shares of its length (0 to 1). */
export interface Bar {
  readonly left: number;
  readonly width: number;
  /** Nothing says when it ended: the bar is drawn to the end of the axis. */
  readonly isOpen: boolean;
}

/**
 * Gives the tree of a trace from the log that holds all its descendants.
 *
 * - Takes time in proportion to the number of logs, and any depth: it never recurses.
 * - The nesting is the server's; a log id that comes twice is taken once, the first time.
 * - Usage is counted where it is deepest: a parent that repeats the sum of its children adds
 *   nothing, and costs are taken from the same logs as tokens.
 */
export function buildTree(rootLog: LogResponse): TraceTree {
  const { root, byId } = nest(rootLog);
  const nodes = inDrawingOrder(root);
  let startMillis: number | undefined;
  let endMillis: number | undefined;
  let errorCount = 0;

  for (const node of nodes) {
    node.isOrphan = hasUnknownParent(node, byId);
    node.isSkewed = hasSkew(node);
    if (node.hasError) errorCount += 1;
    startMillis = smaller(startMillis, node.startMillis);
    endMillis = larger(endMillis, node.endMillis ?? node.startMillis);
  }
  rollUp(nodes);
  return { root, nodes, byId, startMillis, endMillis, errorCount };
}

/** Gives where a log's bar stands on the trace's axis; undefined when its start is not known. */
export function barOf(node: TraceNode, tree: TraceTree): Bar | undefined {
  const { startMillis: axisStart, endMillis: axisEnd } = tree;
  if (node.startMillis === undefined || axisStart === undefined || axisEnd === undefined) {
    return undefined;
  }
  const isOpen = node.endMillis === undefined;
  const axisLength = axisEnd - axisStart;
  if (axisLength <= 0) return { left: 0, width: 0, isOpen };
  const left = (node.startMillis - axisStart) / axisLength;
  const end = node.endMillis ?? axisEnd;
  const width = Math.max(0, end - node.startMillis) / axisLength;
  return { left, width, isOpen };
}

/** Gives a log's own file: the flow, prompt or tool whose version it ran. */
export function fileOf(log: LogResponse): { type: LogType; file: FileVersion | undefined } {
  if (log.prompt) return { type: "prompt", file: log.prompt };
  if (log.tool) return { type: "tool", file: log.tool };
  return { type: "flow", file: log.flow ?? undefined };
}

type Writable<Made> = { -readonly [Key in keyof Made]: Made[Key] };

/** A node while it is being made. */
type Draft = Omit<Writable<TraceNode>, "parent" | "children"> & {
  parent: Draft | undefined;
  children: Draft[];
};

function nest(rootLog: LogResponse): { root: Draft; byId: Map<string, Draft> } {
  const root = draftOf(rootLog, undefined);
  const byId = new Map([[rootLog.id, root]]);
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const childLog of node.log.trace_children ?? []) {
      if (byId.has(childLog.id)) continue;
      const child = draftOf(childLog, node);
      byId.set(childLog.id, child);
      node.children.push(child);
      open.push(child);
    }
    node.children.sort(byStart);
    for (const [at, child] of node.children.entries()) child.position = at + 1;
  }
  return { root, byId };
}

function draftOf(log: LogResponse, parent: Draft | undefined): Draft {
  const { type, file } = fileOf(log);
  const startMillis = parseTime(log.start_time);
  return {
    log,
    type,
    path: file?.path ?? log.id,
    depth: parent === undefined ? 0 : parent.depth + 1,
    index: 0,
    position: 1,
    parent,
    children: [],
    startMillis,
    endMillis: parseTime(log.end_time) ?? endByLatency(log, startMillis),
    hasError: isText(log.error),
    errorsBelow: 0,
    usage: NO_USAGE,
    isOrphan: false,
    isSkewed: false,
  };
}

/** A client that sends a start and a latency has said when the call ended. */
function endByLatency(log: LogResponse, startMillis: number | undefined): number | undefined {
  if (startMillis === undefined || typeof log.provider_latency !== "number") return undefined;
  return startMillis + log.provider_latency * 1000;
}

function inDrawingOrder(root: Draft): Draft[] {
  const nodes: Draft[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    node.index = nodes.length;
    nodes.push(node);
    for (let at = node.children.length - 1; at >= 0; at -= 1) open.push(node.children[at]!);
  }
  return nodes;
}

/** Children stand after their parents, so walking backwards meets every child first. */
function rollUp(nodes: readonly Draft[]): void {
  for (let at = nodes.length - 1; at >= 0; at -= 1) {
    const node = nodes[at]!;
    if (node.usage.calls === 0) node.usage = ownUsage(node.log);
    if (node.parent === undefined) continue;
    node.parent.usage = addUsage(node.parent.usage, node.usage);
    node.parent.errorsBelow += node.errorsBelow + (node.hasError ? 1 : 0);
  }
}

function byStart(one: Draft, other: Draft): number {
  if (one.startMillis === other.startMillis) return 0;
  return (one.startMillis ?? Infinity) - (other.startMillis ?? Infinity);
}

function hasUnknownParent(node: Draft, byId: ReadonlyMap<string, unknown>): boolean {
  const named = node.log.trace_parent_id;
  return node.parent !== undefined && isText(named) && !byId.has(named);
}

function hasSkew(node: Draft): boolean {
  const endsBeforeStart = (durationMillis(node) ?? 0) < 0;
  const parentStart = node.parent?.startMillis ?? -Infinity;
  return endsBeforeStart || (node.startMillis ?? Infinity) < parentStart;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function smaller(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

function larger(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || (other !== undefined && other > one) ? other : one;
}
