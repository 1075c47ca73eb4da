import { timerMillis } from "../client/timer-millis.ts";

/** Somebody who waits until every operation up to a sequence number is done. */
interface Waiter {
  readonly upTo: number;
  open: number;
  readonly end: () => void;
}

/** Those who wait for a flush. */
export class FlushWaiters {
  readonly #waiters = new Set<Waiter>();

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /**
   * Resolves when `open` operations numbered up to `upTo` are done, or after `timeoutMillis`. Its
   * timer keeps the process alive, as no other here does: somebody waits.
   */
  wait(upTo: number, open: number, timeoutMillis: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        resolve();
      };
      const waiter: Waiter = { upTo, open, end };
      const timer = setTimeout(end, timerMillis(timeoutMillis));
      this.#waiters.add(waiter);
    });
  }

  /** There is nothing to wait for: what waits can't get through now. */
  endAll(): void {
    for (const waiter of [...this.#waiters]) waiter.end();
  }

  /** An operation is done. */
  done(sequence: number): void {
    for (const waiter of this.#waiters) {
      if (sequence > waiter.upTo) continue;
      waiter.open -= 1;
      if (waiter.open === 0) waiter.end();
    }
  }
}
