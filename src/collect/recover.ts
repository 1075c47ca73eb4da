import { assembleTree } from "../assemble/assemble-tree.ts";
import type { AssembleOptions } from "../assemble/options.ts";
import { emptyMemory } from "../assemble/place.ts";
import { plan } from "../assemble/plan.ts";
import { groupByTrace } from "../assemble/trace-groups.ts";
import type { Operation } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";

/**
 * The operations for all that is known of one OTel trace, one list for each trace of the Log API.
 * Nothing more will come: every Flow is completed, one that never ended too.
 */
export function recoverOperations(
  spans: readonly SpanView[],
  options: AssembleOptions,
): readonly (readonly Operation[])[] {
  const { drafts } = assembleTree(emptyMemory(), spans, options);
  const traces = [...groupByTrace(drafts).values()];
  return traces.map((logs) => plan([], logs, { isComplete: () => true }));
}
