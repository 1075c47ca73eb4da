import type { LogRecord } from "../store/records.ts";
import { notFound } from "./api-error.ts";
import { groupByParent } from "./log-views.ts";
import type { WriteSession } from "./write-session.ts";

/**
 * Removes logs, and with each the logs below it, which would have no place otherwise.
 *
 * @throws {ApiError} 404 for an id that isn't there; then nothing is removed.
 */
export async function deleteLogs(session: WriteSession, logIds: readonly string[]): Promise<void> {
  const removed = new Map<string, LogRecord>();
  for (const logId of logIds) {
    const log = await session.transaction.findLog(logId);
    if (log === undefined) throw notFound(`Log "${logId}" not found.`);
    const trace = await session.transaction.listTraceLogs(log.traceId);
    for (const each of withDescendants(log, trace)) removed.set(each.id, each);
  }
  for (const { versionId } of removed.values()) session.countUse(versionId, -1);
  await session.transaction.deleteLogs([...removed.keys()]);
}

function withDescendants(top: LogRecord, trace: readonly LogRecord[]): readonly LogRecord[] {
  const children = groupByParent(trace);
  const found = [top];
  for (const log of found) found.push(...(children.get(log.id) ?? []));
  return found;
}
