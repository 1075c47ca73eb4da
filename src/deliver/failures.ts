import type { Sending } from "./sending.ts";
import type { Entry } from "./trace-line.ts";

/** Tries that the server may fail over one operation, while it takes others. */
const MAX_FAILURES = 10;

/**
 * Puts an operation back after the server failed over it (a 500, no answer for this entry). When
 * that goes on while others get through, the operation itself is the trouble, and it is lost.
 */
export function againAfterFailure(sending: Sending, entry: Entry): void {
  const { backlog } = sending;
  if (entry.done) return;
  entry.unsure = true;
  entry.failures += 1;
  if (entry.failures === 1) entry.firstFailedAt = sending.now();
  if (entry.failures >= MAX_FAILURES && backlog.lastTakenAt > entry.firstFailedAt) {
    const isRoot = entry.operation.op === "create" && entry.line.key === entry.state.id;
    if (isRoot) backlog.dropLine(entry.line, "server-error");
    else backlog.lose(entry, "server-error");
    backlog.notes.once(
      "server-error",
      `A log was lost: the Log API failed over it ${MAX_FAILURES} times while it took others.`,
    );
    return;
  }
  backlog.again(entry);
  sending.holdBack(entry.line, entry.failures);
}

/** Gives up operations that a fault of ours has kept from being sent: it would come again. */
export function loseByFault(sending: Sending, entries: readonly Entry[], error: unknown): void {
  const { backlog } = sending;
  for (const entry of entries) if (!entry.done) backlog.lose(entry, "fault");
  const reason = error instanceof Error ? error.message : String(error);
  backlog.notes.once("fault", `Logs could not be written to the wire and are lost: ${reason}`);
}

/** A 4xx answer, as far as dealing with it goes. */
export interface Refusal {
  readonly statusCode: number;
  /** One line, without payload. */
  readonly detail: string | undefined;
}

/** Statuses that are about the key, not about the log: sending less would not help. */
export function isAboutKey(statusCode: number): boolean {
  return statusCode === 401 || statusCode === 403;
}
