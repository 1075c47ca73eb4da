import { appendFileSync } from "node:fs";
import { basename } from "node:path";
import { expect } from "vitest";

/** What was sent and what came back, as `print.mjs` prints it. */
export interface Attack {
  readonly file: string;
  /** The title of the test. */
  readonly test: string;
  readonly sent: string;
  readonly came: string;
}

/**
 * Keeps what was sent and what came back for `print.mjs`, which names a file in
 * `FLOWSPAN_ATTACKS`. Without one it does nothing.
 */
export function record(sent: string, came: string): void {
  const target = process.env.FLOWSPAN_ATTACKS;
  if (target === undefined) return;
  const { testPath = "", currentTestName = "" } = expect.getState();
  const test = currentTestName.split(" > ").at(-1) ?? "";
  const attack: Attack = { file: basename(testPath, ".test.ts"), test, sent, came };
  appendFileSync(target, `${JSON.stringify(attack)}\n`);
}
