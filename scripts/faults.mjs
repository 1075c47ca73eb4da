import { register } from "node:module";
import { cpus } from "node:os";
import { buildIfNeeded } from "./build-if-needed.mjs";

/**
 * Plays every fault of test/faults in full, one after the other, with a line of figures for each:
 *
 *     node scripts/faults.mjs [--quick] [WORDS]
 *
 * With words only the cases whose names hold all of them. Ends with 1 where anything is not as it should be.
 */
register("../examples/ts-hooks.mjs", import.meta.url);
const { CASES } = await import("../test/faults/cases.ts");
const { findFailures, findSlowness, formatFigures } = await import("../test/faults/fault-case.ts");

const isQuick = process.argv.includes("--quick");
const words = process.argv.slice(2).filter((word) => word !== "--quick");
const chosen = CASES.filter(({ name }) => words.every((word) => name.includes(word)));

await buildIfNeeded();
console.log(
  `Node ${process.version}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}\n`,
);
let failed = 0;
let skipped = 0;
for (const { name, expected, skipReason, run } of chosen) {
  const reason = skipReason?.();
  if (reason !== undefined) {
    skipped += 1;
    console.log(`skipped  ${name}: ${reason}`);
    continue;
  }
  const figures = await run(isQuick ? "quick" : "full");
  const failures = [...findFailures(expected, figures), ...(isQuick ? [] : findSlowness(figures))];
  if (failures.length > 0) failed += 1;
  console.log(
    `${failures.length === 0 ? "ok      " : "FAILED  "} ${name}: ${formatFigures(figures)}`,
  );
  for (const failure of failures) console.log(`         ${failure}`);
}
const passed = chosen.length - failed - skipped;
console.log(`\n${passed} cases are as they should be, ${failed} are not, ${skipped} were skipped.`);
process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1;
