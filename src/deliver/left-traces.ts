import { type TraceLine, traceIdOf } from "./trace-line.ts";

interface LeftTrace {
  /** Of the Log API's traces in it, those that were left. */
  readonly keys: Set<string>;
  logs: number;
}

/** OTel's traces that are on disk alone, and how many of their logs are counted as left. */
export class LeftTraces {
  readonly #traces = new Map<string, LeftTrace>();

  has(line: TraceLine): boolean {
    return this.#traces.get(traceIdOf(line))?.keys.has(line.key) === true;
  }

  add(line: TraceLine): void {
    this.#of(line).keys.add(line.key);
  }

  countLog(line: TraceLine): void {
    this.#of(line).logs += 1;
  }

  /** Forgets the trace; gives how many of its logs were counted. */
  take(traceId: string): number {
    const logs = this.#traces.get(traceId)?.logs ?? 0;
    this.#traces.delete(traceId);
    return logs;
  }

  #of(line: TraceLine): LeftTrace {
    const traceId = traceIdOf(line);
    let left = this.#traces.get(traceId);
    if (left === undefined) {
      left = { keys: new Set(), logs: 0 };
      this.#traces.set(traceId, left);
    }
    return left;
  }
}
