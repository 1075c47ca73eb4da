import { isInstance } from "../base/data-property.ts";
import { diagText } from "../base/error-text.ts";
import { diag } from "./otel-api.ts";

/**
 * Runs one step of our own so that it can never fail the user's call: what it throws goes to
 * OTel's `diag` with the step's name, and what `failed` says comes back, by default `undefined`.
 */
export function guarded<T>(step: string, run: () => T, failed?: T): T | undefined {
  try {
    return run();
  } catch (error) {
    leftOut(step, "it failed, the call goes on", error);
    return failed;
  }
}

/**
 * What a function among the options gives. A promise is no answer, and one that fails must not
 * end the process.
 */
export function askOption<T>(name: string, ask: () => T, failed?: T): T | undefined {
  return guarded(
    `the ${name} option`,
    () => {
      const answer = ask();
      if (isInstance(answer, Promise)) answer.catch(() => {});
      return answer;
    },
    failed,
  );
}

/** Says through OTel's `diag` what a log lacks, and why. */
export function leftOut(what: string, why: string, cause?: unknown): void {
  try {
    const more = cause === undefined ? "" : ` ${diagText(cause)}`;
    diag.warn(`flowspan: ${what} was left out: ${why}.${more}`);
  } catch {
    // A diag logger of the user's that throws must not reach the call either.
  }
}
