import { describe, expect, it } from "vitest";
import { CASES } from "./cases.ts";
import { formatFigures } from "./fault-case.ts";

/** Seconds each on a machine of its own, but tests share theirs. */
const TIMEOUT_MILLIS = 150_000;

/** Small forms of every fault; `node scripts/faults.mjs` plays them in full. */
describe.concurrent("real processes and sockets, when", () => {
  for (const { name, expected, skipReason, run } of CASES) {
    const reason = skipReason?.();
    const title = reason === undefined ? name : `${name} (skipped: ${reason})`;
    it.skipIf(reason !== undefined)(
      title,
      async () => {
        const figures = await run("quick");

        console.log(`${name}: ${formatFigures(figures)}`);
        expect(figures).toMatchObject(expected);
      },
      TIMEOUT_MILLIS,
    );
  }
});
