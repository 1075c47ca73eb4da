import type { LogDraft } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";
import { assembleTree } from "./assemble-tree.ts";
import type { AssembleOptions } from "./options.ts";
import { emptyMemory } from "./place.ts";
import { groupByTrace } from "./trace-groups.ts";

/**
 * The logs of the given spans, which may be of several traces and in any order.
 *
 * Guarantees:
 * - each of the Log API's traces in one piece: its root Flow first, then parents before children,
 *   siblings by start time; a log that is alone stands by itself;
 * - the same logs whatever the order of the spans;
 * - no clock, no environment, no network; the spans stay as they are.
 */
export function assemble(
  spans: Iterable<SpanView>,
  options: AssembleOptions = {},
): readonly LogDraft[] {
  const byTrace = new Map<string, SpanView[]>();
  for (const span of spans) {
    const trace = byTrace.get(span.traceId);
    if (trace === undefined) byTrace.set(span.traceId, [span]);
    else trace.push(span);
  }
  const drafts = [...byTrace.values()].flatMap((trace) => [
    ...assembleTree(emptyMemory(), trace, options).drafts,
  ]);
  return [...groupByTrace(drafts).values()].flat();
}
