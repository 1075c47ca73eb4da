import type { SpanReading } from "../base/span-reading.ts";
import type { TreeMemory } from "./place.ts";
import type { SpanNode } from "./span-node.ts";

/**
 * Marks every span that has a log with usage below it. Tokens and costs then stand on the
 * innermost log alone, and a sum over a trace counts them once.
 */
export function markUsage(nodes: readonly SpanNode[], memory: TreeMemory): void {
  for (const node of nodes) {
    if (node.reading !== undefined && reportsUsage(node.reading)) markAbove(node, memory);
  }
}

/** A Flow's usage is a sum over what is below it, so it never counts against what is above. */
function reportsUsage(reading: SpanReading): boolean {
  if (reading.type === undefined || reading.type === "flow") return false;
  const { fields, meta } = reading;
  return (
    fields.prompt_tokens !== undefined ||
    fields.output_tokens !== undefined ||
    (reading.inference && meta.usage !== undefined)
  );
}

/** Stops at what is marked: everything above that is marked too. */
function markAbove(node: SpanNode, memory: TreeMemory): void {
  let top = node;
  while (top.parent !== undefined) {
    top = top.parent;
    if (top.usageBelow) return;
    top.usageBelow = true;
  }
  const parentId = top.span.parentSpanId;
  let place = parentId === undefined ? undefined : memory.places.get(parentId);
  for (; place !== undefined && !place.usageBelow; place = place.above) place.usageBelow = true;
}
