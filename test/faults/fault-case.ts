/** `quick` is what the test suite runs, in seconds; `full` gives the figures of docs/delivery.md. */
export type Size = "quick" | "full";

/** What one run of a case came to, by name. */
export type Figures = Readonly<Record<string, string | number | boolean | undefined>>;

/** One fault, met by real processes over real sockets. */
export interface FaultCase {
  /** What holds under the fault, as a sentence. */
  readonly name: string;
  /** Figures that must come out so, in both sizes. */
  readonly expected: Figures;
  /** Why it can't be run on this machine; `undefined` where it can. */
  skipReason?(): string | undefined;
  run(size: Size): Promise<Figures>;
}

/** What the user's call may cost more: this much of its own time, or this many microseconds. */
const MAX_ADDED_PERCENT = 10;
const MAX_ADDED_MICROS = 5;
/** Beyond a deadline, a process needs this long to come to its end. */
const MAX_SECONDS_OVER_DEADLINE = 2;

/** What is wrong with a run's figures, in words. */
export function findFailures(expected: Figures, figures: Figures): readonly string[] {
  return Object.entries(expected)
    .filter(([name, value]) => figures[name] !== value)
    .map(([name, value]) => `${name}: expected ${value}, got ${figures[name]}`);
}

/** What took too long. Only for a machine that does nothing else: no test asks it. */
export function findSlowness(figures: Figures): readonly string[] {
  const { addedPercent, addedMicros, secondsToEnd, deadlineSeconds } = figures;
  const failures: string[] = [];
  if (Number(addedPercent) > MAX_ADDED_PERCENT && Number(addedMicros) > MAX_ADDED_MICROS) {
    failures.push(`added ${addedPercent} %, ${addedMicros} µs to the user's call`);
  }
  if (Number(secondsToEnd) > Number(deadlineSeconds) + MAX_SECONDS_OVER_DEADLINE) {
    failures.push(`ended ${secondsToEnd} s after it should have`);
  }
  return failures;
}

/** One line for one run. */
export function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${toWords(name)} ${value}`)
    .join(", ");
}

function toWords(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
