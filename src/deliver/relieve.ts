import type { Backlog } from "./backlog.ts";
import { cutPayload } from "./cut-payload.ts";
import type { TraceLine } from "./trace-line.ts";
import { openEntries } from "./trace-line.ts";

/** After pressure this part of the room is filled, so that not every next log brings it back. */
const FILL_AFTER = 0.9;

/**
 * Brings the backlog back under its bound: payload fields go before logs, whole traces before
 * parts of them, the longest waiting first. What is in an open request stays.
 */
export function relieve(backlog: Backlog, maxBytes: number): void {
  if (backlog.bytes <= maxBytes) return;
  const target = maxBytes * FILL_AFTER;
  for (const line of backlog.uncut) {
    if (backlog.bytes <= target) return;
    cutLine(backlog, line);
  }
  dropLines(backlog, target, (line) => !line.started);
  dropLines(backlog, target, (line) => line.sending === 0);
}

function cutLine(backlog: Backlog, line: TraceLine): void {
  for (const entry of openEntries(line)) {
    if (entry.sending) continue;
    const lean = cutPayload(entry.operation);
    if (lean === entry.operation) continue;
    backlog.replace(entry, lean);
    if (entry.operation.op !== "complete") backlog.truncated(entry.state);
    backlog.notes.once(
      "payload-cut",
      "Payloads of waiting logs were cut: maxQueueBytes is reached. stats().truncated counts them.",
    );
  }
  if (line.sending === 0) backlog.uncut.delete(line);
}

function dropLines(backlog: Backlog, target: number, may: (line: TraceLine) => boolean): void {
  for (const line of [...backlog.waiting]) {
    if (backlog.bytes <= target) return;
    if (!may(line)) continue;
    backlog.dropLine(line, "queue-full");
    backlog.notes.once(
      "queue-full",
      'Waiting traces were dropped: maxQueueBytes is reached. stats().dropped["queue-full"] counts their logs.',
    );
  }
}
