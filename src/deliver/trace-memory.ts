import type { TraceLine } from "./trace-line.ts";
import { createTraceLine } from "./trace-line.ts";

/** Logs of quiet traces that are remembered, for the parents and updates of late ones. */
const MAX_REMEMBERED_LOGS = 20_000;

const KEPT_AFTER = 0.9;

/** Every trace that is known, by its key; of those with nothing left to send the latest ones. */
export class TraceMemory {
  readonly #lines = new Map<string, TraceLine>();
  /** Traces with nothing left to send whose logs are still worth knowing; oldest first. */
  readonly #quiet = new Set<TraceLine>();
  #quietLogs = 0;

  /** The trace, made where it is not known. It counts as busy until `rest`. */
  wake(key: string): TraceLine {
    let line = this.#lines.get(key);
    if (!line) {
      line = createTraceLine(key);
      this.#lines.set(key, line);
    }
    if (this.#quiet.delete(line)) this.#quietLogs -= line.logs.size;
    return line;
  }

  /** The trace is as if it had never been here. */
  forget(line: TraceLine): void {
    if (this.#quiet.delete(line)) this.#quietLogs -= line.logs.size;
    if (this.#lines.get(line.key) === line) this.#lines.delete(line.key);
  }

  /** The trace has nothing left to send. */
  rest(line: TraceLine): void {
    if (!isWorthKnowing(line)) {
      this.#lines.delete(line.key);
      return;
    }
    if (!this.#quiet.has(line)) this.#quietLogs += line.logs.size;
    this.#quiet.add(line);
    if (this.#quietLogs <= MAX_REMEMBERED_LOGS) return;
    // Many at once: behind many deletions a set's start is slow to find.
    for (const oldest of this.#quiet) {
      if (this.#quietLogs <= MAX_REMEMBERED_LOGS * KEPT_AFTER) break;
      this.#quiet.delete(oldest);
      this.#quietLogs -= oldest.logs.size;
      this.#lines.delete(oldest.key);
    }
  }
}

/** A log that is in, whole and under its own id, needs no memory; anything else does. */
function isWorthKnowing(line: TraceLine): boolean {
  if (line.droppedFor !== undefined) return true;
  for (const state of line.logs.values()) {
    if (state.status === "out" || state.isNameless) return true;
    if (state.serverId !== undefined || state.truncated) return true;
  }
  return false;
}
