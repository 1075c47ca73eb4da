import type { LogDraft } from "../base/log-types.ts";

/** The logs by the trace of the Log API that they are in (a log that is alone: by its own id). */
export function groupByTrace(logs: Iterable<LogDraft>): ReadonlyMap<string, readonly LogDraft[]> {
  const groups = new Map<string, LogDraft[]>();
  for (const log of logs) {
    const id = log.rootId ?? log.id;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [log]);
    else group.push(log);
  }
  return groups;
}
