/** The clock and the one timer that a collector needs. */
export interface Timers {
  /** Milliseconds that only ever go up. */
  now(): number;
  /** Runs the function again and again until the returned function is called. */
  every(intervalMillis: number, run: () => void): () => void;
}

/** Node's clock and timers. They never keep a process alive. */
export const systemTimers: Timers = {
  now: () => performance.now(),
  every(intervalMillis, run) {
    const timer = setInterval(run, intervalMillis);
    timer.unref();
    return () => clearInterval(timer);
  },
};
