import type { Backlog } from "./backlog.ts";
import { cutPayload, payloadBytes, withoutUnsentPayload } from "./cut-payload.ts";
import type { Entry, LogState, TraceLine } from "./trace-line.ts";
import { openEntries } from "./trace-line.ts";

/**
 * After pressure this part of the room is filled: each relief looks at everything that waits, so
 * it has to make room for many logs to come.
 */
const FILL_AFTER = 0.9;
/** Smaller payloads stay: what is written in their place takes about as much. */
const MIN_CUT_BYTES = 512;
/** Sizes are told apart in steps of a quarter of a doubling. */
const STEPS_PER_DOUBLING = 4;

/**
 * Brings the backlog back under its bound.
 *
 * - Traces that are on disk go first.
 * - Payloads go before logs, the largest first and no more than needed, small ones never. All that
 *   waits of one log is cut together: its create, its changes, its completion.
 * - Whole traces go before parts of one, the longest waiting first: those of which nothing was
 *   sent, then the rest of others, then what follows on an open request.
 * - What is in an open request stays.
 */
export function relieve(backlog: Backlog, maxBytes: number): void {
  if (backlog.bytes <= maxBytes) return;
  const target = maxBytes * FILL_AFTER;
  leaveLines(backlog, target);
  if (backlog.bytes <= target) return;
  cutLargest(backlog, target);
  dropLines(backlog, target, (line) => !line.started);
  dropLines(backlog, target, (line) => line.sending === 0);
  dropLines(backlog, target, () => true);
}

/** Two looks at all payloads, without sorting them: how many there are of each size, then cuts. */
function cutLargest(backlog: Backlog, target: number): void {
  const bytesOfSize: number[] = [];
  for (const line of backlog.waiting) {
    for (const entry of openEntries(line)) {
      const bytes = cuttableBytes(entry);
      if (bytes < MIN_CUT_BYTES) continue;
      const size = sizeOf(bytes);
      bytesOfSize[size] = (bytesOfSize[size] ?? 0) + bytes;
    }
  }
  let missing = backlog.bytes - target;
  let least = bytesOfSize.length;
  while (least > 0 && missing > 0) missing -= bytesOfSize[--least] ?? 0;
  cutSizes(backlog, target, (size) => size > least);
  cutSizes(backlog, target, (size) => size === least);
}

function cutSizes(backlog: Backlog, target: number, is: (size: number) => boolean): void {
  for (const line of backlog.waiting) {
    const cut = new Set<LogState>();
    for (const entry of openEntries(line)) {
      if (backlog.bytes <= target) break;
      const bytes = cuttableBytes(entry);
      if (bytes < MIN_CUT_BYTES || !is(sizeOf(bytes))) continue;
      cut.add(entry.state);
      backlog.replace(entry, cutPayload(entry.operation));
      backlog.truncated(entry.state);
    }
    if (cut.size === 0) continue;
    letGoOfTexts(backlog, line, cut);
    backlog.notes.once(
      "payload-cut",
      "Payloads of waiting logs were cut: maxQueueBytes is reached. stats().truncated counts them.",
    );
    if (backlog.bytes <= target) return;
  }
}

/** A later change and the completion hold the whole log: the texts that were cut with it. */
function letGoOfTexts(backlog: Backlog, line: TraceLine, cut: ReadonlySet<LogState>): void {
  for (const entry of openEntries(line)) {
    if (entry.sending || entry.operation.op === "create" || !cut.has(entry.state)) continue;
    backlog.replace(entry, withoutUnsentPayload(entry.operation));
  }
}

/** What cutting an operation gives back, about. */
function cuttableBytes(entry: Entry): number {
  if (entry.sending) return 0;
  entry.payloadBytes ??= payloadBytes(entry.operation);
  return entry.payloadBytes;
}

function sizeOf(bytes: number): number {
  return Math.floor(STEPS_PER_DOUBLING * Math.log2(bytes));
}

function leaveLines(backlog: Backlog, target: number): void {
  for (const line of backlog.waiting) {
    if (line.sending > 0 || !backlog.leaveLine(line, false)) continue;
    backlog.notes.once(
      "spooled",
      "Waiting traces were left to the spool: maxQueueBytes is reached. They are sent when there is room.",
    );
    if (backlog.bytes <= target) return;
  }
}

function dropLines(backlog: Backlog, target: number, may: (line: TraceLine) => boolean): void {
  if (backlog.bytes <= target) return;
  // A set may lose what was seen while it is gone through.
  for (const line of backlog.waiting) {
    if (!may(line)) continue;
    backlog.dropUnsent(line, "queue-full");
    backlog.notes.once(
      "queue-full",
      'Waiting traces were dropped: maxQueueBytes is reached. stats().dropped["queue-full"] counts their logs.',
    );
    if (backlog.bytes <= target) return;
  }
}
