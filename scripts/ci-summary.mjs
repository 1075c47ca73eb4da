import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Adds up one CI run from the reports that `.ci/run` wrote: which tests were skipped and whether they may be, and the
 * closing line. Exit code 1 if a test or a step failed, a test was skipped without leave, or a report is missing.
 */
const folder = process.argv[2] ?? ".";
const allowed = readFileSync(new URL("../.ci/allowed-skips.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line.trim() !== "" && !line.startsWith("#"))
  .map((line) => line.replace(/ # .*/, "").trim());

const tests = readTests();
/** @type {{ name: string, code: number }[]} */
const steps = readReport("steps.json") ?? [{ name: "check", code: 1 }];
const skipped = tests.filter(({ status }) => !["passed", "failed"].includes(status));
const unexpected = skipped.filter(({ name }) => !allowed.some((part) => name.includes(part)));
const failed = [
  ...tests.filter(({ status }) => status === "failed").map(({ name }) => `test failed: ${name}`),
  ...unexpected.map(({ name }) => `test skipped, not on .ci/allowed-skips.txt: ${name}`),
  ...steps.filter(({ code }) => code !== 0).map(({ name }) => `step failed: ${name}`),
];
if (testCommandFailed() && !failed.some((line) => line.startsWith("test failed"))) {
  failed.push("npm ci && npm test failed");
}
const passed =
  tests.filter(({ status }) => status === "passed").length +
  steps.filter(({ code }) => code === 0).length;

console.log("\n=== CI");
console.log(`Allowed skips: ${allowed.length === 0 ? "none" : allowed.join("; ")}`);
for (const { name } of skipped) console.log(`skipped: ${name}`);
for (const line of failed) console.log(line);
console.log(`${passed} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** @returns {{ name: string, status: string }[]} */
function readTests() {
  /** @type {{ name: string, status: string, assertionResults: { fullName: string, status: string }[] }[]} */
  const files = readReport("tests.json")?.testResults ?? [];
  return files.flatMap((file) => {
    const own = file.assertionResults.map((test) => ({ name: test.fullName, status: test.status }));
    const broken = file.status === "failed" && !own.some(({ status }) => status === "failed");
    return broken ? [...own, { name: file.name, status: "failed" }] : own;
  });
}

/** Whether the README's command itself failed: an install or a build that broke leaves no test report. */
function testCommandFailed() {
  return readFileSync(join(folder, "tests.code"), "utf8").trim() !== "0";
}

/** @param {string} name */
function readReport(name) {
  const path = join(folder, name);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}
