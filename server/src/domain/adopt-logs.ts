import type { LogHeader } from "../store/records.ts";
import type { WriteSession } from "./write-session.ts";

/**
 * Whether logs of other processes may have come before this new one that they are under. Asked
 * before it is written; of a trace that starts in this session it asks the store once.
 */
export async function mayHaveLogsBelow(
  { startedTraces, transaction }: WriteSession,
  { id, traceId, type }: LogHeader,
): Promise<boolean> {
  // Only a Flow is taken for a root.
  if (type === "flow" && (await transaction.hasLogsIn(id))) return true;
  if (id === traceId) startedTraces.add(id);
  return !startedTraces.has(traceId) && transaction.hasLogsIn(traceId, id);
}

/** Moves what waits below a new log into its trace, and lets the Flows above know of its times. */
export async function adoptLogs(session: WriteSession, log: LogHeader): Promise<void> {
  // They took this log for the root: they can't know of Flows that another library recorded.
  if (log.traceId !== log.id) await session.transaction.moveTrace(log.id, log.traceId);
  const tree = await session.transaction.listLogTree(log);
  for (const below of tree) if (below.id !== log.id) session.written(below);
}
