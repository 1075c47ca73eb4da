import { notFound } from "./api-error.ts";
import { deleteSpansOf } from "./projection/delete-spans.ts";
import type { WriteSession } from "./write-session.ts";

/**
 * Removes logs, and with each the logs below it, which would have no place otherwise, and their
 * spans, which would bring them back.
 *
 * @throws {ApiError} 404 for an id that isn't there; then nothing is removed.
 */
export async function deleteLogs(session: WriteSession, logIds: readonly string[]): Promise<void> {
  const removed = new Set<string>();
  for (const logId of logIds) {
    if (removed.has(logId)) continue;
    const top = await session.findHeader(logId);
    if (top === undefined) throw notFound(`Log "${logId}" not found.`);
    for (const { id, versionId } of await session.transaction.listTreeHeaders(top)) {
      if (!removed.has(id)) session.countUse(versionId, -1);
      removed.add(id);
    }
  }
  await session.transaction.deleteLogs([...removed]);
  for (const id of removed) session.removed(id);
  await deleteSpansOf(session, removed);
}
