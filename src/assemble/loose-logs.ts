import type { AssembleOptions } from "./options.ts";
import type { TreeMemory } from "./place.ts";
import { remoteParentOf } from "./place-above.ts";
import type { SpanNode } from "./span-node.ts";

/**
 * Finds the spans that have no Flow span at or above them, and the group whose made Flow would
 * take their logs: one for the trace, and one for each local root whose parent is in another
 * process, for such a root may have brothers in other processes that make a Flow of their own.
 */
export function markLoose(
  nodes: readonly SpanNode[],
  memory: TreeMemory,
  options: AssembleOptions,
): void {
  for (const node of nodes) {
    const { span, parent } = node;
    const known =
      span.parentSpanId === undefined ? undefined : memory.places.get(span.parentSpanId);
    const above = parent ?? known;
    const remote = remoteParentOf(span, options);
    node.loose = (above?.loose ?? true) && node.reading?.type !== "flow" && remote === undefined;
    node.group = above?.group ?? (span.parentIsRemote === true ? span.spanId : "");
  }
}

/** True for a span whose log has no Flow. */
export function isLooseLog(node: SpanNode): boolean {
  return node.loose && node.reading?.type !== undefined;
}

/** New logs that are the only loose ones of their group so far, and have no made Flow. */
export function findLoneLogs(
  nodes: readonly SpanNode[],
  memory: TreeMemory,
): ReadonlySet<SpanNode> {
  return new Set(
    nodes.filter(
      (node) =>
        isLooseLog(node) &&
        !memory.made.has(node.group) &&
        memory.places.get(node.span.spanId)?.logId === undefined,
    ),
  );
}
