import type { JsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import {
  answeringCall,
  type Call,
  durationText,
  endedCall,
  hasFailed,
  isRequest,
  withAttempts,
} from "./calls.ts";
import { fillReading } from "./fill-reading.ts";
import { fullerTexts } from "./fuller-texts.ts";
import type { TreeMemory } from "./place.ts";
import { isSameCall } from "./same-call.ts";
import { compareTimes, type SpanNode } from "./span-node.ts";
import { timeText } from "./times.ts";

/**
 * Makes one log of several foreign spans of one call of a model: the outer span's.
 *
 * - Requests that the fetch hook saw below another instrumentation's call are that call. It keeps
 *   what it says, and gets the rest from the request that was answered; failed ones go to
 *   `metadata.flowspan.attempts`. Several answered ones are no one call: they keep their logs.
 * - Of two instrumentations' spans of one call the inner knows the call best, the outer what it is
 *   for: its path, session, user. Messages are the outer's where it has more of them.
 *
 * A merged node has no reading any more, so ancestry passes through it. What has a log already
 * keeps it; a request that ends after its call was handed over has none, where that one has told
 * its tokens.
 *
 * @param nodes parents before children.
 */
export function mergeCalls(nodes: readonly SpanNode[], memory: TreeMemory): void {
  if (memory.places.size > 0) dropLateRequests(nodes, memory);
  /** Nothing below them is looked at again: it was their own to merge. */
  const done = new Set<SpanNode>();
  for (const node of nodes.toReversed()) {
    const { reading, span, children } = node;
    if (reading?.type === undefined || !reading.inference) continue;
    done.add(node);
    if (children.length === 0 || span.endTime === undefined) continue;
    const inner = callsBelow(node, reading, done, memory);
    if (inner.length > 0) node.reading = mergedReading({ node, reading }, inner);
  }
}

/** Calls of the same kind with nothing between but spans without a log. */
function callsBelow(
  outer: SpanNode,
  { type }: SpanReading,
  done: ReadonlySet<SpanNode>,
  memory: TreeMemory,
): readonly Call[] {
  const calls: Call[] = [];
  const stack = outer.children.toReversed();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const call = endedCall(node, memory);
    if (call !== undefined && call.reading.type === type) calls.push(call);
    else if (node.reading?.type === undefined && !done.has(node)) {
      for (const child of node.children.toReversed()) stack.push(child);
    }
  }
  return calls;
}

function mergedReading(outer: Call, inner: readonly Call[]): SpanReading {
  if (inner.every(({ node }) => isRequest(node))) return withRequests(outer, inner);
  const [only, another] = inner;
  if (only === undefined || another !== undefined || !isSameCall(outer, only)) return outer.reading;
  only.node.reading = undefined;
  return withInner(outer, only);
}

function withRequests(outer: Call, requests: readonly Call[]): SpanReading {
  const failed = requests.filter(hasFailed);
  const taken = answeringCall(requests);
  for (const { node } of failed) node.reading = undefined;
  if (taken === undefined) return withAttempts(outer.reading, failed, taken);
  taken.node.reading = undefined;
  const reading = fillReading(outer.reading, timedReading(outer, taken), NAMES);
  const { error } = taken.reading.fields;
  // Others tell an error by its type alone.
  const isOnly = error !== undefined && requests.length === 1 && hasFailed(outer);
  const told = isOnly ? { ...reading, fields: { ...reading.fields, error } } : reading;
  return withAttempts(told, failed, taken);
}

function withInner(outer: Call, inner: Call): SpanReading {
  const { name, operation, query, fields: own } = outer.reading;
  const merged = fillReading(timedReading(outer, inner), outer.reading, NONE);
  const fields = { ...merged.fields };
  for (const field of OWN_MATTERS) {
    const text = own[field];
    if (text !== undefined) fields[field] = text;
  }
  Object.assign(fields, fullerTexts(outer.reading, inner.reading));
  return { ...merged, name, operation, query, fields };
}

/** What names the File: the outer span's own matter, said or not. */
const NAMES: ReadonlySet<string> = new Set(["path", "id"]);
const OWN_MATTERS = ["path", "id", "session_id", "user", "environment", "source"] as const;
const NONE: ReadonlySet<string> = new Set();

/** The inner call's reading with its duration, and its end where the outer span ended earlier. */
function timedReading(outer: Call, inner: Call): SpanReading {
  const { endTime } = inner.node.span;
  const outerEnd = outer.node.span.endTime;
  const isLater =
    endTime !== undefined && outerEnd !== undefined && compareTimes(endTime, outerEnd) > 0;
  const fields: Record<string, JsonText> = {
    provider_latency: durationText(inner),
    // A stream goes on after the call that began it.
    ...(isLater && { end_time: timeText(endTime) }),
    ...inner.reading.fields,
  };
  return { ...inner.reading, fields };
}

function dropLateRequests(nodes: readonly SpanNode[], memory: TreeMemory): void {
  const toldAbove = new Set<SpanNode>();
  for (const node of nodes) {
    const { parent, span, reading } = node;
    const place = memory.places.get(span.parentSpanId ?? "");
    const isTold =
      parent === undefined
        ? place?.toldCall === true
        : parent.reading?.type === undefined && toldAbove.has(parent);
    if (!isTold) continue;
    toldAbove.add(node);
    const isNew = memory.places.get(span.spanId)?.logId === undefined;
    if (isNew && reading?.inference && isRequest(node)) node.reading = undefined;
  }
}
