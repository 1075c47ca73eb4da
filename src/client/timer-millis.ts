const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/** A time that a timer keeps to: a longer one, or none that is a number, would end it at once. */
export function timerMillis(millis: number): number {
  return millis > 0 ? Math.min(millis, MAX_TIMER_MILLIS) : 0;
}
