import { diag } from "@opentelemetry/api";

/**
 * Runs one step of our own so that it can never fail the user's call: what it throws goes to
 * OTel's `diag` with the step's name, and `undefined` comes back.
 */
export function guarded<T>(step: string, run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    warn(`${step} failed; the call goes on, its log lacks this part.`, error);
    return undefined;
  }
}

/** Says through OTel's `diag` what a log lacks. */
export function warn(text: string, cause?: unknown): void {
  try {
    diag.warn(`flowspan: ${text}`, cause);
  } catch {
    // A diag logger of the user's that throws must not reach the call either.
  }
}
