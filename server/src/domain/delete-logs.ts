import type { LogRecord } from "../store/records.ts";
import { notFound } from "./api-error.ts";
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
  const found = new Map([[top.id, top]]);
  // A parent may stand after its children, so the trace is walked until nothing is added.
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const log of trace) {
      if (log.parentId !== undefined && found.has(log.parentId)) found.set(log.id, log);
    }
  }
  return [...found.values()];
}
