import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BREAKS } from "../test/mutation/breaks.mjs";

/** How long the tests of one break may take. */
const MAX_MILLIS = 180_000;

/**
 * Breaks the library on purpose, one break at a time, in a copy, and prints which test sees it first. Ends with 1 when
 * a break is seen by none, or when its text no longer stands in the source exactly once.
 *
 *     npm run mutation
 *     npm run mutation -- generator      (only breaks with that word in their name)
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const wanted = BREAKS.filter(({ name }) => name.includes(process.argv[2] ?? ""));
const workers = [0, 1].map(() => makeCopy());
const waiting = [...wanted];
let unseen = 0;

try {
  await Promise.all(
    workers.map(async (copy) => {
      for (let each = waiting.shift(); each; each = waiting.shift()) {
        const seenBy = await breakOnce(copy, each);
        const label = `${each.file.replace("src/", "")}: ${each.name}`;
        if (typeof seenBy === "string") console.log(`caught    ${label}\n          by ${seenBy}`);
        else console.log(`SURVIVED  ${label}\n          ${seenBy.reason}`);
        if (typeof seenBy !== "string") unseen++;
      }
    }),
  );
} finally {
  for (const copy of workers) rmSync(copy, { recursive: true, force: true });
}
console.log(`${wanted.length - unseen} of ${wanted.length} breaks were caught`);
process.exitCode = unseen === 0 && wanted.length > 0 ? 0 : 1;

/** A folder with the sources and the tests of this one, and its packages. */
function makeCopy() {
  const copy = mkdtempSync(join(tmpdir(), "flowspan-mutation-"));
  for (const name of [
    "src",
    "test",
    "package.json",
    "tsconfig.json",
    "tsconfig.base.json",
    "vitest.config.ts",
  ]) {
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/**
 * The full name of the first test that fails with the break, or why none does.
 *
 * @param {string} copy
 * @param {import("../test/mutation/breaks.mjs").Break} given
 * @returns {Promise<string | { reason: string }>}
 */
async function breakOnce(copy, { file, find, replace, tests }) {
  const path = join(copy, file);
  const source = readFileSync(path, "utf8");
  if (source.split(find).length !== 2) {
    return { reason: `its text stands ${source.split(find).length - 1} times in ${file}.` };
  }
  const report = join(copy, "report.json");
  rmSync(report, { force: true });
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    const vitest = join(copy, "node_modules/vitest/vitest.mjs");
    const given = ["run", ...tests, "--bail=1", "--reporter=json", `--outputFile=${report}`];
    const ended = await runBounded([vitest, ...given, "--no-file-parallelism"], copy);
    if (!ended || !existsSync(report)) return { reason: "its tests gave no report in time." };
    return firstFailure(JSON.parse(readFileSync(report, "utf8")));
  } finally {
    writeFileSync(path, source);
  }
}

/**
 * Runs Node to its end, or ends it with all that it started: a break may hang. True when it ended by itself.
 *
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {Promise<boolean>}
 */
function runBounded(args, cwd) {
  const child = spawn(process.execPath, args, { cwd, stdio: "ignore", detached: true });
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      process.kill(-(child.pid ?? 0), "SIGKILL");
      resolve(false);
    }, MAX_MILLIS);
    child.on("exit", () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

/** @param {{ testResults: { assertionResults: { status: string, fullName: string }[] }[] }} report */
function firstFailure({ testResults }) {
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failed = results.find(({ status }) => status === "failed");
  if (failed) return failed.fullName;
  const passed = results.filter(({ status }) => status === "passed").length;
  return { reason: `${passed} tests passed, none failed.` };
}
