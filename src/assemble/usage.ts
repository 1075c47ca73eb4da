import type { SpanReading } from "../base/span-reading.ts";
import type { TreeMemory } from "./place.ts";
import type { SpanNode } from "./span-node.ts";

/**
 * Finds out which logs keep their usage, so that a sum over a trace counts tokens and costs once:
 * a call of a model keeps its own, and nothing above it does. Where no call tells any, the topmost
 * log that does, an agent's for example, keeps its sum.
 */
export function markUsage(nodes: readonly SpanNode[], memory: TreeMemory): void {
  for (const node of nodes) {
    if (node.reading !== undefined && tellsCall(node.reading)) markAbove(node, memory);
  }
  for (const node of nodes) {
    const { parent, span } = node;
    node.usageAbove = parent
      ? hasUsageWithin(parent)
      : memory.places.get(span.parentSpanId ?? "")?.usageWithin === true;
  }
}

/** True for usage that is the log's own: a Flow's is a sum over what is below it. */
function tellsCall(reading: SpanReading): boolean {
  if (reading.type === undefined || reading.type === "flow") return false;
  const { fields, meta } = reading;
  return (
    fields.prompt_tokens !== undefined ||
    fields.output_tokens !== undefined ||
    (reading.inference && meta.usage !== undefined)
  );
}

/** True where the log's usage counts nowhere else. */
export function countsUsage(node: SpanNode, isBelow: boolean): boolean {
  const isSum = node.reading !== undefined && !tellsCall(node.reading);
  return !(isBelow || (isSum && node.usageAbove));
}

/** True for a log that has told the tokens of its one call. */
export function toldCall({ reading, usageBelow }: SpanNode): boolean {
  return reading !== undefined && !usageBelow && tellsCall(reading);
}

/** True where the log, or one above, tells usage. */
export function hasUsageWithin({ reading, usageAbove }: SpanNode): boolean {
  if (usageAbove) return true;
  return reading?.type !== undefined && (reading.meta.usage !== undefined || tellsCall(reading));
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
