import { type JsonText, mergeObjectTexts } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { TreeMemory } from "./place.ts";
import type { SpanNode } from "./span-node.ts";
import { secondsText } from "./times.ts";

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
  const failed = calls.filter((call) => call.reading.fields.error !== undefined);
  const succeeded = calls.filter((call) => call.reading.fields.error === undefined);
  const [only] = succeeded;
  const taken = succeeded.length > 1 ? undefined : (only ?? failed.at(-1));
  if (taken !== undefined) {
    prompt.reading = withCall(own, taken);
    for (const wrapper of wrappers) wrapper.reading = undefined;
    taken.node.reading = undefined;
  } else {
    succeeded.forEach((call, index) => {
      call.node.call = { prompt, number: index + 1 };
    });
  }
  if (failed.length > 0) noteAttempts(prompt, failed);
}

/** A provider call, with its reading. */
interface Call {
  readonly node: SpanNode;
  readonly reading: SpanReading;
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
    const hasLog = memory.places.get(node.span.spanId)?.logId !== undefined;
    if (!hasLog && isEndedCall(node)) {
      if (reading !== undefined) calls.push({ node, reading });
    } else if (hasLog || (reading?.type !== undefined && !isWrapper(reading))) {
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

function isEndedCall({ reading, span }: SpanNode): boolean {
  return reading?.type === "prompt" && reading.inference && span.endTime !== undefined;
}

/** Fields that are the prompt's own matter. */
const NOT_TAKEN: ReadonlySet<string> = new Set(["path", "id", "error", "metadata", "source"]);

/** The prompt's reading with the call's fields where it has none of its own. */
function withCall(own: SpanReading, { node, reading: call }: Call): SpanReading {
  const { startTime, endTime } = node.span;
  const fields: Record<string, JsonText> = {};
  for (const name in call.fields) {
    const text = call.fields[name];
    if (text !== undefined && !NOT_TAKEN.has(name)) fields[name] = text;
  }
  if (endTime !== undefined) fields.provider_latency = secondsText(startTime, endTime);
  Object.assign(fields, own.fields);
  const kernel = mergeObjectTexts(call.fields.prompt, own.fields.prompt);
  if (kernel !== undefined) fields.prompt = kernel;
  const { outcome: _, ...meta } = call.meta;
  return { ...own, fields, meta: { ...meta, ...own.meta } };
}

function noteAttempts(prompt: SpanNode, failed: readonly Call[]): void {
  const attempts = failed.map(({ node, reading }) => {
    node.reading = undefined;
    const { startTime, endTime } = node.span;
    const seconds = endTime === undefined ? "null" : secondsText(startTime, endTime);
    return `{"error":${reading.fields.error},"seconds":${seconds}}`;
  });
  if (prompt.reading === undefined) return;
  const meta = { ...prompt.reading.meta, attempts: `[${attempts.join(",")}]` as JsonText };
  prompt.reading = { ...prompt.reading, meta };
}
