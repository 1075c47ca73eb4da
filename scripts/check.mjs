import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { run } from "./run.mjs";

/**
 * Everything that CI runs, step by step, to the end even when one fails; the exit code is the first failure's.
 *
 *     npm run check
 *     node scripts/check.mjs --without-tests --report steps.json    (as .ci/run does, after `npm test`)
 */
const { values: options } = parseArgs({
  options: { "without-tests": { type: "boolean" }, report: { type: "string" } },
});

const node = process.execPath;
/** @type {[name: string, command: string, args: string[]][]} */
const tests = [["test", "npm", ["test"]]];
/** @type {[name: string, command: string, args: string[]][]} */
const steps = [
  ...(options["without-tests"] ? [] : tests),
  ["lint", "npm", ["run", "lint"]],
  ["types", "npm", ["run", "test:types"]],
  ["types of examples and scripts", "npx", ["tsc", "-p", "examples"]],
  ["rules", node, ["scripts/check-rules.mjs"]],
  ["unused code", "npx", ["knip"]],
  ["packages", node, ["scripts/check-packages.mjs"]],
  ["size", "npx", ["size-limit"]],
  ["examples", "npm", ["run", "examples"]],
  ["frameworks", "npm", ["run", "frameworks"]],
  ["OpenTelemetry versions", node, ["scripts/otel-matrix.mjs", "--quick"]],
  ["side by side", node, ["scripts/side-by-side.mjs"]],
  ["pack", node, ["scripts/pack-check.mjs"]],
];

const results = [];
for (const [name, command, args] of steps) {
  console.log(`\n=== ${name}: ${[command, ...args].join(" ").replace(node, "node")}`);
  const started = performance.now();
  const code = await run(command, args);
  results.push({ name, code, seconds: Math.round((performance.now() - started) / 1000) });
}

console.log("\n=== summary");
for (const { name, code, seconds } of results) {
  console.log(`${code === 0 ? "passed" : "FAILED"}  ${name} (${seconds} s)`);
}
if (options.report) writeFileSync(options.report, JSON.stringify(results));
process.exitCode = results.find(({ code }) => code !== 0)?.code ?? 0;
