const INITIAL_MILLIS = 250;
const MAX_MILLIS = 10_000;
/** A server's `Retry-After` is followed from here: with 0 it would be asked without a pause. */
const MIN_RETRY_AFTER_MILLIS = 100;
/** And up to here. */
const MAX_RETRY_AFTER_MILLIS = 300_000;
/** Part of the delay that is left to chance, so that clients don't come back all at once. */
const JITTER = 0.5;

/**
 * How long to wait before try number `attempt + 1` (the first try was `attempt` 1): exponential
 * from 250 ms up to 10 s, less up to half of it by chance. What the server asked for goes first,
 * between 100 ms and 5 minutes.
 */
export function retryDelayMillis(
  attempt: number,
  retryInMillis: number | undefined,
  random: () => number,
): number {
  if (retryInMillis !== undefined) {
    return Math.min(Math.max(retryInMillis, MIN_RETRY_AFTER_MILLIS), MAX_RETRY_AFTER_MILLIS);
  }
  const full = Math.min(INITIAL_MILLIS * 2 ** Math.min(attempt - 1, 20), MAX_MILLIS);
  return full * (1 - JITTER * random());
}
