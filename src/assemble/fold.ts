import type { SpanReading } from "../base/span-reading.ts";
import {
  answeringCall,
  type Call,
  durationText,
  endedCall,
  hasFailed,
  hasLog,
  withAttempts,
} from "./calls.ts";
import { fillReading } from "./fill-reading.ts";
import type { TreeMemory } from "./place.ts";
import { firstShared } from "./shared-fields.ts";
import type { SpanNode } from "./span-node.ts";

/**
 * Folds the provider calls inside our own `prompt()` into its log.
 *
 * - The one call that succeeded becomes the prompt's own fields; where all failed, the last does.
 * - Failed attempts go to `metadata.flowspan.attempts`.
 * - Of several successful calls each keeps its log, numbered under the prompt's path.
 * - A framework's wrapper round the calls goes with them.
 *
 * A folded node has no reading any more, so ancestry passes through it. What has a log already
 * keeps it.
 */
export function foldProviderCalls(nodes: readonly SpanNode[], memory: TreeMemory): void {
  for (const node of nodes) {
    if (node.reading?.own && node.reading.type === "prompt" && node.children.length > 0) {
      foldInto(node, node.reading, memory);
    }
  }
}

function foldInto(prompt: SpanNode, own: SpanReading, memory: TreeMemory): void {
  const { calls, wrappers } = findCalls(prompt, memory);
  const failed = calls.filter(hasFailed);
  const taken = answeringCall(calls);
  let reading = own;
  if (taken !== undefined) {
    reading = withCall(own, taken);
    for (const wrapper of wrappers) wrapper.reading = undefined;
    prompt.shared = firstShared(prompt.shared, ...wrappers.map(({ shared }) => shared));
    taken.node.reading = undefined;
  } else {
    const succeeded = calls.filter((call) => !hasFailed(call));
    succeeded.forEach((call, index) => {
      call.node.call = { prompt, number: index + 1 };
    });
  }
  for (const { node } of failed) node.reading = undefined;
  prompt.reading = withAttempts(reading, failed, taken);
}

/**
 * The ended provider calls below a prompt with nothing between but spans without a log and
 * frameworks' wrappers. None where a wrapper holds other logs too: that is an agent at work.
 */
function findCalls(
  prompt: SpanNode,
  memory: TreeMemory,
): { calls: readonly Call[]; wrappers: readonly SpanNode[] } {
  const calls: Call[] = [];
  const wrappers: SpanNode[] = [];
  let isAgent = false;
  const stack = prompt.children.map((child) => ({ node: child, inWrapper: false })).reverse();
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node } = entry;
    const { reading } = node;
    const call = reading?.type === "prompt" ? endedCall(node, memory) : undefined;
    if (call !== undefined) {
      calls.push(call);
    } else if (hasLog(node, memory) || (reading?.type !== undefined && !isWrapper(reading))) {
      isAgent ||= entry.inWrapper;
    } else {
      const inWrapper = entry.inWrapper || reading?.type === "flow";
      if (reading?.type === "flow") wrappers.push(node);
      for (const child of node.children.toReversed()) stack.push({ node: child, inWrapper });
    }
  }
  return isAgent ? { calls: [], wrappers: [] } : { calls, wrappers };
}

/** A framework's span round its calls; other logs are no part of a provider call. */
function isWrapper(reading: SpanReading): boolean {
  return reading.type === "flow" && !reading.own;
}

/** Fields that are the prompt's own matter. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  "path",
  "id",
  "error",
  "metadata",
  "source",
  "start_time",
  "end_time",
]);

/** The prompt's reading with the call's fields where it has none of its own. */
function withCall(own: SpanReading, call: Call): SpanReading {
  const fields = { provider_latency: durationText(call), ...call.reading.fields };
  return fillReading(own, { ...call.reading, fields }, NOT_TAKEN);
}
