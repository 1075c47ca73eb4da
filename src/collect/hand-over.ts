import { assembleTree, type TreeProgress } from "../assemble/assemble-tree.ts";
import type { AssembleOptions } from "../assemble/options.ts";
import { plan } from "../assemble/plan.ts";
import { groupByTrace } from "../assemble/trace-groups.ts";
import type { LogDraft, OperationSink } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";
import type { SpanTree } from "./span-tree.ts";

/**
 * Makes the logs of a tree's spans and hands them to the sink, one trace of the Log API at a
 * time. Flows for which `isComplete` says so are completed, in this call or in a later one.
 *
 * @returns how many of the spans wait in the tree again.
 */
export function handOver(
  tree: SpanTree,
  spans: readonly SpanView[],
  sink: OperationSink,
  options: AssembleOptions,
  progress: TreeProgress,
  isComplete: (flow: LogDraft) => boolean,
): number {
  const { drafts, waiting } = assembleTree(tree.memory, spans, options, progress);
  tree.putBack(waiting);
  if (drafts.length === 0 && tree.live.size === 0) return waiting.length;

  // A log that was handed over keeps its place in the order: parents stay before children.
  const before = tree.live;
  const after = new Map(before);
  for (const draft of drafts) after.set(draft.id, draft);
  const beforeByTrace = groupByTrace(before.values());
  const live = new Map<string, LogDraft>();
  for (const [traceLogId, logs] of groupByTrace(after.values())) {
    const operations = plan(beforeByTrace.get(traceLogId) ?? [], logs, { isComplete });
    for (const log of logs) {
      const isDone = log.type === "flow" ? isComplete(log) : log.ended;
      if (!isDone) live.set(log.id, log);
    }
    if (operations.length > 0) sink.submit(operations);
  }
  tree.live = live;
  return waiting.length;
}
