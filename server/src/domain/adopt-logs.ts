import type { LogHeader } from "../store/records.ts";
import { conflict } from "./api-error.ts";
import type { WriteSession } from "./write-session.ts";

/**
 * Whether logs of other processes may have come before this new one that they are under. Asked
 * before it is written; of a trace that starts in this session it asks the store once.
 */
export async function mayHaveLogsBelow(
  { startedTraces, awaitedParents, transaction }: WriteSession,
  { id, traceId, type }: LogHeader,
): Promise<boolean> {
  // Only a Flow is taken for a root.
  if (type === "flow" && (await transaction.hasLogsIn(id))) return true;
  if (awaitedParents.has(id)) return true;
  if (id === traceId) startedTraces.add(id);
  return !startedTraces.has(traceId) && transaction.hasLogsIn(traceId, id);
}

/**
 * Moves what waits below a new log into its trace. Gives all logs below it, whose times the
 * Flows above it don't know of yet.
 *
 * @throws {ApiError} 409 where the log's own parent waits below it. Nothing may be kept then.
 */
export async function adoptLogs(
  session: WriteSession,
  { id, traceId, parentId }: LogHeader,
): Promise<readonly LogHeader[]> {
  const { transaction } = session;
  // They took this log for the root: they can't know of Flows that another library recorded.
  if (traceId !== id) await transaction.moveTrace(id, traceId);
  await transaction.endWaiting(traceId, id);
  const hasRoot = id === traceId || (await session.findHeader(traceId)) !== undefined;
  if (hasRoot) await transaction.endWaitingForRoot(traceId);
  const tree = await transaction.listTreeHeaders({ id, traceId });
  if (tree.some((each) => each.id === parentId)) {
    throw conflict(`Log "${parentId}" is below Log "${id}" and can't be its parent.`);
  }
  return tree.filter((each) => each.id !== id);
}
