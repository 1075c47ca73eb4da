import type { Backlog } from "../backlog.ts";

/** After pressure this part of the room is filled. What was left comes back at half of it. */
const FILL_AFTER = 0.75;

/**
 * Brings the backlog back under its bound by leaving traces to the disk, the longest waiting first,
 * as far as all of them is there. What is in an open request stays.
 */
export function leaveLines(backlog: Backlog, maxBytes: number): void {
  if (backlog.bytes <= maxBytes) return;
  // A set may lose what was seen while it is gone through.
  for (const line of backlog.waiting) {
    if (line.sending > 0 || !backlog.leaveLine(line, false)) continue;
    backlog.notes.once(
      "spooled",
      "Waiting traces were left to the spool: maxQueueBytes is reached. They are sent when there is room.",
    );
    if (backlog.bytes <= maxBytes * FILL_AFTER) return;
  }
}
