import { ATTR_CALL } from "../base/attributes.ts";
import type { JsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { TreeMemory } from "./place.ts";
import type { SpanNode } from "./span-node.ts";
import { secondsText } from "./times.ts";

/** One call of a model, as another instrumentation or the fetch hook saw it. */
export interface Call {
  readonly node: SpanNode;
  readonly reading: SpanReading;
}

/** The node as a call of a model that has ended and has no log yet. */
export function endedCall(node: SpanNode, memory: TreeMemory): Call | undefined {
  const { reading, span } = node;
  const isCall = reading?.type !== undefined && reading.inference && span.endTime !== undefined;
  return isCall && !hasLog(node, memory) ? { node, reading } : undefined;
}

/** True where a log was handed over: it stays. */
export function hasLog({ span }: SpanNode, memory: TreeMemory): boolean {
  return memory.places.get(span.spanId)?.logId !== undefined;
}

/** True for a request that the fetch hook saw: what it is a part of says more about the call. */
export function isRequest({ span }: SpanNode): boolean {
  return span.attributes[ATTR_CALL] !== undefined;
}

/**
 * Which of several calls for one answer gave it: the one that succeeded, or the last where all
 * failed; none where several succeeded, for those are several answers.
 */
export function answeringCall(calls: readonly Call[]): Call | undefined {
  const succeeded = calls.filter((call) => !hasFailed(call));
  return succeeded.length > 1 ? undefined : (succeeded[0] ?? calls.at(-1));
}

/** True for a call that ended with an error. */
export function hasFailed({ reading }: Call): boolean {
  return reading.fields.error !== undefined;
}

/**
 * The reading with the failed calls in its metadata, as `attempts` in their order, and those that
 * each of them was left with before.
 *
 * @param taken the call that the reading was filled from, attempts included.
 */
export function withAttempts(
  reading: SpanReading,
  failed: readonly Call[],
  taken: Call | undefined,
): SpanReading {
  if (failed.length === 0) return reading;
  const before = failed.filter((call) => call !== taken);
  const attempts = [
    ...before.flatMap((call) => [...attemptsOf(call.reading), attemptText(call)]),
    ...attemptsOf(reading),
    ...(taken !== undefined && hasFailed(taken) ? [attemptText(taken)] : []),
  ];
  const meta = { ...reading.meta, attempts: `[${attempts.join(",")}]` as JsonText };
  return { ...reading, meta };
}

function attemptText(call: Call): string {
  return `{"error":${call.reading.fields.error},"seconds":${durationText(call)}}`;
}

/** How long the call took, in seconds. */
export function durationText({ node }: Call): JsonText {
  const { startTime, endTime } = node.span;
  return endTime === undefined ? ("null" as JsonText) : secondsText(startTime, endTime);
}

/** Their texts joined, if any. */
function attemptsOf({ meta }: SpanReading): readonly string[] {
  const inside = meta.attempts?.slice(1, -1);
  return inside ? [inside] : [];
}
