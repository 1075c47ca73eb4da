import { ApiError, conflict, type FieldError, notFound } from "./api-error.ts";
import { createLog } from "./create-log.ts";
import { type LogAnswer, toLogAnswer } from "./log-answer.ts";
import type { LogRequest } from "./log-request.ts";
import { rewriteLog } from "./rewrite-log.ts";
import type { WriteSession } from "./write-session.ts";

/** What one entry of a batch does. */
export type BatchOperation = "create" | "update" | "complete";

/** One entry of a batch, checked, or the error it is answered with. */
export type BatchEntry =
  | { readonly operation: BatchOperation; readonly request: LogRequest }
  | { readonly error: ApiError };

/** What one entry is answered with. */
export type BatchAnswer =
  | LogAnswer
  | { readonly status: number; readonly detail: string | readonly FieldError[] };

/**
 * Writes a batch: creates first, parents before their children wherever they stand, then
 * updates, then completions. Each entry is written whole or not at all, and answered in the
 * batch's order; one that is refused stops only the entries below it.
 */
export async function writeBatch(
  session: WriteSession,
  entries: readonly BatchEntry[],
): Promise<readonly BatchAnswer[]> {
  const answers: BatchAnswer[] = [];
  for (const index of writingOrder(entries)) {
    const entry = entries[index] as BatchEntry;
    try {
      if ("error" in entry) throw entry.error;
      answers[index] = await session.transaction.attempt(() => writeEntry(session, entry));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      session.forgetFiles();
      answers[index] = { status: error.status, detail: error.detail };
    }
  }
  await session.finish();
  return answers;
}

async function writeEntry(
  session: WriteSession,
  { operation, request }: Extract<BatchEntry, { operation: BatchOperation }>,
): Promise<LogAnswer> {
  if (operation === "create") return toLogAnswer(await createLog(session, request), request);

  const logId = request.logId as string;
  const existing = await session.findHeader(logId);
  if (existing === undefined) throw notFound(`Log "${logId}" not found.`);
  if (existing.type !== request.type) throw conflict(`Log "${logId}" is a ${existing.type} log.`);
  const changed: LogRequest =
    operation === "complete" ? { ...request, status: "complete" } : request;
  return toLogAnswer(await rewriteLog(session, existing.id, changed, "patch"), changed);
}

const RANKS: Readonly<Record<BatchOperation, number>> = { create: 0, update: 1, complete: 2 };

/**
 * The places of the entries in the order they are written. A create comes after those it names
 * as its parent or trace; a circle of parents is cut anywhere and then refused as unknown.
 */
function writingOrder(entries: readonly BatchEntry[]): readonly number[] {
  // Of several creates of one log each comes after the one before, so the last is after all.
  const createdBy = new Map<string, number>();
  const sameBefore = new Map<number, number>();
  entries.forEach((entry, index) => {
    if ("error" in entry || entry.operation !== "create") return;
    const { logId } = entry.request;
    if (logId === undefined) return;
    const before = createdBy.get(logId);
    if (before !== undefined) sameBefore.set(index, before);
    createdBy.set(logId, index);
  });

  const order = new Set<number>();
  const pending: number[] = entries.map((_, index) => index).reverse();
  const opened = new Set<number>();
  while (pending.length > 0) {
    const index = pending.at(-1) as number;
    const needed = opened.has(index)
      ? []
      : [sameBefore.get(index), ...neededBy(entries[index] as BatchEntry, createdBy)];
    const missing = needed.filter(
      (other): other is number => other !== undefined && !opened.has(other),
    );
    opened.add(index);
    if (missing.length > 0) {
      pending.push(...missing.reverse());
    } else {
      order.add(index);
      pending.pop();
    }
  }
  return [...order].sort((a, b) => rank(entries[a]) - rank(entries[b]));
}

function neededBy(
  entry: BatchEntry,
  createdBy: ReadonlyMap<string, number>,
): readonly (number | undefined)[] {
  if ("error" in entry || entry.operation !== "create") return [];
  const { parentId, traceId } = entry.request;
  return [parentId, traceId].map((id) => (id === undefined ? undefined : createdBy.get(id)));
}

/** Sorting keeps the order of entries of one rank. */
function rank(entry: BatchEntry | undefined): number {
  return entry === undefined || "error" in entry ? 0 : RANKS[entry.operation];
}
