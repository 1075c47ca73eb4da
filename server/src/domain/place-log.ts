import type { Awaited, LogHeader } from "../store/records.ts";
import { type ApiError, conflict, notFound } from "./api-error.ts";
import type { LogRequest } from "./log-request.ts";
import type { WriteSession } from "./write-session.ts";

/** Where a log goes: under a parent in a trace, or on top of nothing yet. */
export interface Place {
  readonly parentId?: string;
  /** The trace it joins. Without one it starts its own. */
  readonly traceId?: string;
  /** True where the trace was complete already. */
  readonly late: boolean;
  /** What has yet to come above it, where its parent is not there. */
  readonly waitsFor?: Awaited;
}

const ON_TOP: Place = { late: false };

/**
 * Finds where a request wants its log. Without a parent, `trace_id` means directly under the
 * root; a Flow whose `trace_id` is no log yet, or its own id, starts that trace.
 *
 * @throws {ApiError} 404 for an unknown parent or trace, 409 for a parent that is in no trace or
 * in another one, and for a complete trace where the session takes no late logs.
 */
export async function placeLog(session: WriteSession, request: LogRequest): Promise<Place> {
  const { traceId, logId } = request;
  const parentId = request.parentId ?? traceId;
  if (parentId === undefined) return ON_TOP;
  if (request.parentId === undefined && parentId === logId) return ON_TOP;
  if (parentId === logId) throw conflict(`Log "${logId}" can't be its own parent.`);

  const parent = await session.findHeader(parentId);
  if (parent === undefined) {
    if (request.parentMayFollow && traceId !== undefined) {
      const named = await session.findHeader(traceId);
      if (named !== undefined && !isInTrace(named)) throw notInTrace(traceId);
      session.awaitedParents.add(parentId);
      const trace = await findTrace(session, traceId);
      const hasRoot = (await session.findHeader(trace.traceId)) !== undefined;
      return { parentId, ...trace, waitsFor: hasRoot ? "parent" : "root" };
    }
    throw notFound(`Parent Log "${parentId}" not found. Log it before its children.`);
  }
  if (!isInTrace(parent)) throw notInTrace(parentId);
  if (traceId !== undefined && !request.parentMayFollow) {
    await requireSameTrace(session, parent, traceId);
  }

  const trace = await findTrace(session, parent.traceId);
  if (trace.late && !session.acceptLate) {
    throw conflict(`Trace "${trace.traceId}" is complete. No more Logs can be added to it.`);
  }
  return { parentId, ...trace };
}

function notInTrace(logId: string): ApiError {
  return conflict(`Log "${logId}" is in no Trace. Only a Flow Log starts one.`);
}

/** The trace that a log of this id is in; the id itself where that log has yet to come. */
async function findTrace(
  session: WriteSession,
  id: string,
): Promise<{ readonly traceId: string; readonly late: boolean }> {
  const traceId = (await session.findHeader(id))?.traceId ?? id;
  const root = await session.findHeader(traceId);
  return { traceId, late: root?.status === "complete" };
}

/** A Prompt or Tool log without a parent is alone; everything else is in a trace. */
export function isInTrace(log: Pick<LogHeader, "parentId" | "type">): boolean {
  return log.parentId !== undefined || log.type === "flow";
}

/** `trace_id` is the root's id, or that of any log in the same trace. */
async function requireSameTrace(
  session: WriteSession,
  parent: LogHeader,
  traceId: string,
): Promise<void> {
  if (parent.traceId === traceId) return;
  const named = await session.findHeader(traceId);
  if (named === undefined) throw notFound(`Trace "${traceId}" not found.`);
  if (named.traceId !== parent.traceId) {
    throw conflict(`Parent Log "${parent.id}" is not in Trace "${traceId}".`);
  }
}
