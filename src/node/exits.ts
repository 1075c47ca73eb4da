import { isMainThread } from "node:worker_threads";

/** Signals that end a process unless somebody listens. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** How long a signal waits for the server, in milliseconds. What is not sent then is written. */
const MAX_SIGNAL_MILLIS = 2_000;

/** What is done at the end of a process. Nothing of it may fail. */
export interface ExitWork {
  /** Completes and sends what is recorded. Afterwards recording goes on. */
  readonly finish: (timeoutMillis: number) => Promise<unknown>;
  /** Sends what is recorded, and completes nothing that goes on. */
  readonly flush: (timeoutMillis: number) => Promise<unknown>;
  readonly stats: () => { readonly recorded: number; readonly pending: number };
  /** Writes what is not sent, at once. */
  readonly leave: () => void;
  /** Ends open requests, and recording with them. */
  readonly close: () => void;
}

/**
 * Does the work at each end that a process can see, and takes none of them away from the program:
 *
 * - its natural end: it is sent, within the time limit;
 * - SIGINT, SIGTERM and SIGHUP: it is sent, for two seconds at most, and then the signal does what it
 *   does without us. Where the program listens itself, it alone decides whether to end: what is
 *   there is sent, and nothing else is done.
 * - `process.exit`, an uncaught error, a worker's end: what is not sent is written.
 *
 * The exit code stays the program's. Gives the function that takes all of it back.
 */
export function onExits(work: ExitWork, timeoutMillis: number): () => void {
  const undo = [onNaturalEnd(work, timeoutMillis), on("exit", work.leave)];
  // Signals come to the main thread alone.
  if (isMainThread) undo.push(onSignals(work, Math.min(timeoutMillis, MAX_SIGNAL_MILLIS)));
  return () => {
    for (const one of undo) one();
  };
}

function onNaturalEnd({ finish, stats, close }: ExitWork, timeoutMillis: number): () => void {
  let finished = -1;
  return on("beforeExit", () => {
    // Sending gives the loop work, so this comes again: for what was recorded since, if anything.
    if (stats().recorded === finished) return;
    void finish(timeoutMillis).then(() => {
      finished = stats().recorded;
      // An open request would keep the process.
      if (stats().pending > 0) close();
    });
  });
}

function onSignals({ finish, flush, leave }: ExitWork, timeoutMillis: number): () => void {
  let isEnding = false;
  const listener = (signal: NodeJS.Signals): void => {
    // Asked before others have run: one that listens once is gone after that.
    if (countActive(signal) > 1) {
      void flush(timeoutMillis);
      return;
    }
    const end = (): void => {
      stop();
      leave();
      process.kill(process.pid, signal);
    };
    // Who asks twice won't wait.
    if (isEnding) return end();
    isEnding = true;
    void finish(timeoutMillis).then(end);
  };
  const stop = (): void => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
  for (const signal of SIGNALS) process.prependListener(signal, listener);
  return stop;
}

/**
 * Listeners that decide about the end, ours among them. Those of the package `signal-exit` do not:
 * each of its copies ends the process only where nobody else listens, and tells how many it has.
 */
function countActive(signal: NodeJS.Signals): number {
  const holders = [
    Reflect.get(globalThis, Symbol.for("signal-exit emitter")),
    Reflect.get(process, "__signal_exit_emitter__"),
  ] as readonly ({ readonly count?: unknown } | undefined)[];
  const passive = holders.reduce((sum, holder) => sum + (Number(holder?.count) || 0), 0);
  return Math.max(1, process.listenerCount(signal) - passive);
}

function on(event: "beforeExit" | "exit", listener: () => void): () => void {
  process.on(event, listener);
  return () => {
    process.off(event, listener);
  };
}
