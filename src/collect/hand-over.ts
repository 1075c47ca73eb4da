import { assembleTree, type TreeProgress } from "../assemble/assemble-tree.ts";
import type { AssembleOptions } from "../assemble/options.ts";
import { plan } from "../assemble/plan.ts";
import { groupByTrace } from "../assemble/trace-groups.ts";
import type { LogDraft, OperationSink } from "../base/log-types.ts";
import type { SpanView } from "../base/span-view.ts";
import type { SpanTree } from "./span-tree.ts";

/** What a handing over led to. */
export interface HandedOver {
  /** Ended spans that wait in the tree again. */
  readonly waitingSpans: number;
  /** Logs that were made or changed after their tree had gone out or their trace was complete. */
  readonly lateLogs: number;
}

/**
 * Makes the logs of a tree's spans and hands them to the sink, one trace of the Log API at a
 * time. Flows for which `isComplete` says so are completed, in this call or in a later one.
 */
export function handOver(
  tree: SpanTree,
  spans: readonly SpanView[],
  sink: OperationSink,
  options: AssembleOptions,
  progress: TreeProgress,
  isComplete: (flow: LogDraft) => boolean,
): HandedOver {
  const { drafts, waiting } = assembleTree(tree.memory, spans, options, progress);
  tree.putBack(waiting);

  // A log that was handed over keeps its place in the order: parents stay before children.
  const after = new Map(tree.live);
  for (const draft of drafts) after.set(draft.id, draft);
  const before = groupByTrace(tree.live.values());
  const live = new Map<string, LogDraft>();
  let lateLogs = 0;
  for (const [traceLogId, logs] of groupByTrace(after.values())) {
    const operations = plan(before.get(traceLogId) ?? [], logs, { isComplete });
    for (const log of logs) {
      const isDone = log.type === "flow" ? isComplete(log) : log.ended;
      if (!isDone) live.set(log.id, log);
    }
    // A root of this process that is neither new nor alive has been completed.
    const rootId = logs[0]?.rootId;
    const isElsewhere = rootId === undefined || tree.memory.remoteRoots.has(rootId);
    if (tree.isFinished || !(isElsewhere || after.has(rootId))) {
      lateLogs += operations.filter(({ op }) => op !== "complete").length;
    }
    if (operations.length > 0) sink.submit(operations);
  }
  tree.live = live;
  return { waitingSpans: waiting.length, lateLogs };
}
