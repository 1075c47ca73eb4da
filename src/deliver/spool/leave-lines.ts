import type { Backlog } from "../backlog.ts";
import type { TraceLine } from "../trace-line.ts";

/** After pressure this part of the room is filled. What was left comes back at half of it. */
const FILL_AFTER = 0.75;

/**
 * Brings the backlog back under its bound by leaving traces to the disk, the longest waiting first,
 * as far as all of them is there: first those that are in no open request, then what is in none
 * of the others.
 */
export function leaveLines(backlog: Backlog, maxBytes: number): void {
  leave(backlog, maxBytes, (line) => line.sending === 0);
  leave(backlog, maxBytes, () => true);
}

function leave(backlog: Backlog, maxBytes: number, may: (line: TraceLine) => boolean): void {
  if (backlog.bytes <= maxBytes) return;
  // A set may lose what was seen while it is gone through.
  for (const line of backlog.waiting) {
    const isLeft = line.droppedFor !== undefined;
    if (isLeft || backlog.isReturned(line) || !may(line) || !backlog.leaveLine(line, false))
      continue;
    backlog.notes.once(
      "spooled",
      "Waiting traces were left to the spool: maxQueueBytes is reached. They are sent when there is room.",
    );
    if (backlog.bytes <= maxBytes * FILL_AFTER) return;
  }
}
