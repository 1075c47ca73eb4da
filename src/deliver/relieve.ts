import type { Backlog } from "./backlog.ts";
import { cutPayload, withoutUnsentPayload } from "./cut-payload.ts";
import type { LogState, TraceLine } from "./trace-line.ts";
import { openEntries } from "./trace-line.ts";

/** After pressure this part of the room is filled, so that not every next log brings it back. */
const FILL_AFTER = 0.9;

/**
 * Brings the backlog back under its bound.
 *
 * - Payloads go before logs, the largest first and no more than needed, small ones never. All that
 *   waits of one log is cut together: its create, its changes, its completion.
 * - Whole traces go before parts of one, the longest waiting first: those of which nothing was
 *   sent, then the rest of others, then what follows on an open request.
 * - What is in an open request stays.
 *
 * The time it takes grows with what is cut and dropped, not with what waits.
 */
export function relieve(backlog: Backlog, maxBytes: number): void {
  if (backlog.bytes <= maxBytes) return;
  const target = maxBytes * FILL_AFTER;
  cutLargest(backlog, target);
  dropLines(backlog, target, (line) => !line.started);
  dropLines(backlog, target, (line) => line.sending === 0);
  dropLines(backlog, target, () => true);
}

function cutLargest(backlog: Backlog, target: number): void {
  const index = backlog.indexPayloads();
  const cut = new Map<TraceLine, Set<LogState>>();
  while (backlog.bytes > target) {
    const entry = index.takeLargest();
    if (!entry) break;
    const { line, state, operation } = entry;
    backlog.replace(entry, cutPayload(operation));
    backlog.truncated(state);
    backlog.notes.once(
      "payload-cut",
      "Payloads of waiting logs were cut: maxQueueBytes is reached. stats().truncated counts them.",
    );
    if (state.openChanges === 0) continue;
    const states = cut.get(line);
    if (states === undefined) cut.set(line, new Set([state]));
    else states.add(state);
  }
  for (const [line, states] of cut) letGoOfTexts(backlog, line, states);
}

/** A later change and the completion hold the whole log: the texts that were cut with it. */
function letGoOfTexts(backlog: Backlog, line: TraceLine, cut: ReadonlySet<LogState>): void {
  for (const entry of openEntries(line)) {
    if (entry.sending || entry.operation.op === "create" || !cut.has(entry.state)) continue;
    backlog.replace(entry, withoutUnsentPayload(entry.operation));
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
