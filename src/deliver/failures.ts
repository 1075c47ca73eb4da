import type { Retryable } from "../client/transport.ts";
import type { Sending } from "./sending.ts";
import type { Entry } from "./trace-line.ts";

/** Tries that may fail over one operation, while others get through in between. */
const MAX_STRIKES = 16;
/** Errors of a connection that never came about. */
const NOT_SENT: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Puts an operation back that the server failed over, while it answers others: no answer for this
 * entry, a 404 that is none of a Log API. Its trace waits, others go on.
 */
export function againAfterFailure(sending: Sending, entry: Entry, maxStrikes?: number): void {
  if (entry.done || isGivenUp(sending, entry, maxStrikes)) return;
  sending.backlog.again(entry);
  sending.holdBack(entry.line, entry.failures);
}

/**
 * Puts operations back whose request got no answer that counts. How soon anything goes out again
 * is the retry gate's business; which goes out first is decided here: others, because one
 * operation may be the reason (a proxy that does not like its text, a server that breaks on it).
 */
export function againAfterOutage(
  sending: Sending,
  entries: readonly Entry[],
  result: Retryable,
): void {
  const { backlog } = sending;
  const isUnsure = mayHaveArrived(result);
  for (const entry of entries) {
    if (entry.done) continue;
    entry.unsure ||= isUnsure;
    if (isGivenUp(sending, entry)) continue;
    backlog.again(entry);
    if (entry.strikes > 1) sending.holdBack(entry.line, entry.strikes);
    else backlog.toBack(entry.line);
  }
}

/** Whether the server may have done what it was asked for. */
function mayHaveArrived({ statusCode, error }: Retryable): boolean {
  if (statusCode !== undefined) return statusCode < 400 || statusCode >= 500;
  return !(error && "code" in error && NOT_SENT.has(error.code));
}

/**
 * Counts a failure. A failure behind which others got through is a strike against the operation
 * itself, and after enough of them it is lost. In an outage nothing gets through, so nothing is.
 */
function isGivenUp(sending: Sending, entry: Entry, maxStrikes = MAX_STRIKES): boolean {
  const { backlog } = sending;
  entry.failures += 1;
  if (entry.failures === 1 || backlog.takenCount > entry.takenAtFailure) entry.strikes += 1;
  entry.takenAtFailure = backlog.takenCount;
  if (entry.strikes < maxStrikes) return false;
  const isRoot = entry.operation.op === "create" && entry.line.key === entry.state.id;
  if (isRoot) backlog.dropLine(entry.line, "server-error");
  else backlog.lose(entry, "server-error");
  backlog.notes.once(
    "server-error",
    'A log was lost: the Log API failed over it again and again while it took others. stats().dropped["server-error"] counts such logs.',
  );
  return true;
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
