import type { LogDraft, Operation } from "../base/log-types.ts";

/** What to do with Flows. */
export interface PlanOptions {
  /**
   * Says which Flows are to be completed now. Default: those that have ended with all of their
   * logs in `after`, and were not so in `before`.
   */
  readonly isComplete?: (flow: LogDraft) => boolean;
}

/**
 * What has to be done so that the Log API has `after` where it has `before`: creates and updates
 * in the order of `after` (parents before children), then completions, the innermost Flow's
 * first and the root's last.
 *
 * A log that is in `before` alone stays as it is.
 */
export function plan(
  before: readonly LogDraft[],
  after: readonly LogDraft[],
  options: PlanOptions = {},
): readonly Operation[] {
  const known = new Map(before.map((log) => [log.id, log]));
  const operations: Operation[] = [];
  for (const log of after) {
    const old = known.get(log.id);
    if (old === undefined) {
      operations.push({ op: "create", log });
      continue;
    }
    const changed = changedFields(old, log);
    if (changed.length > 0) operations.push({ op: "update", log, changed });
  }
  const isComplete = options.isComplete ?? completesNow(before, after);
  // Parents stand before their children, so backwards the innermost comes first.
  for (const log of after.toReversed()) {
    if (log.type === "flow" && isComplete(log)) operations.push({ op: "complete", log });
  }
  return operations;
}

/** Texts are compared as they are: the same value is always written the same way. */
function changedFields(before: LogDraft, after: LogDraft): readonly string[] {
  if (before.fields === after.fields) return [];
  return Object.keys(after.fields).filter((name) => before.fields[name] !== after.fields[name]);
}

function completesNow(
  before: readonly LogDraft[],
  after: readonly LogDraft[],
): (flow: LogDraft) => boolean {
  const completeBefore = endedFlows(before);
  const completeAfter = endedFlows(after);
  return (flow) => completeAfter.has(flow.id) && !completeBefore.has(flow.id);
}

/** Ids of the Flows that have ended with everything below them. */
function endedFlows(logs: readonly LogDraft[]): ReadonlySet<string> {
  const waiting = new Set<string>();
  const ended = new Set<string>();
  for (const log of logs.toReversed()) {
    const isOpen = !log.ended || waiting.has(log.id);
    if (isOpen && log.parentId !== undefined) waiting.add(log.parentId);
    if (!isOpen && log.type === "flow") ended.add(log.id);
  }
  return ended;
}
