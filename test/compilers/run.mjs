import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { captureLogs } from "../../dist/testing.js";
import { CASES } from "./cases.mjs";

/**
 * Compiles the sources of both standards with every compiler, runs what comes out on the built library, and compares
 * the recorded logs, the results and the refusals with the one list of each standard; then checks the types of both
 * standards with TypeScript 7. `npm run frameworks` builds, installs and starts it.
 */
const SOURCES = { standard: "standard.ts", legacy: "../legacy/compiled.ts" };
const out = new URL("dist/", import.meta.url);
rmSync(out, { recursive: true, force: true });
mkdirSync(out);

let failures = 0;
for (const [index, each] of CASES.entries()) {
  const problem = await problemOf(each, new URL(`${index}.mjs`, out));
  const { leaves, without, differs, compiler, standard } = each;
  const names = Object.keys(differs ?? {}).length;
  const notes = [
    leaves && "leaves decorators in",
    without && `can't compile ${without.join(" and ")}`,
    names > 0 && `${names} other lines, as listed`,
  ].filter(Boolean);
  const outcome = problem ? "FAILED" : "passed";
  console.log(`${outcome}  ${compiler.padEnd(22)}${standard.padEnd(10)}${notes.join("; ")}`);
  if (!problem) continue;
  failures++;
  console.log(problem.replaceAll(/^/gm, "        "));
}
console.log(`${CASES.length - failures} passed, ${failures} failed`);
const typesFail = [".", "test/legacy"].filter((project) => !hasRightTypes(project));
process.exitCode = failures + typesFail.length === 0 ? 0 : 1;

/**
 * Whether TypeScript 7 takes a project as it is.
 *
 * @param {string} project
 */
function hasRightTypes(project) {
  const tsc = fileURLToPath(new URL("node_modules/typescript-7/bin/tsc", import.meta.url));
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const options = ["--noEmit", "-p", project];
  const { status, stdout } = spawnSync(process.execPath, [tsc, ...options], { cwd: root });
  console.log(`${status === 0 ? "passed" : "FAILED"}  TypeScript 7: types of ${project}`);
  if (status !== 0) console.log(String(stdout));
  return status === 0;
}

/**
 * What is wrong with one compiler's output, or undefined.
 *
 * @param {import("./cases.mjs").Case} compared
 * @param {URL} file where the compiled module goes
 */
async function problemOf({ standard, compile, leaves, without = [], differs = {} }, file) {
  let source = read(SOURCES[standard]).replace("../../src/index.ts", "../../../dist/index.js");
  for (const member of without) source = source.replace(member, member.replace("@tool", ""));
  let recorded;
  try {
    const compiled = compile(source);
    if (leaves) return compiled.includes("@flow") ? undefined : "It leaves no decorator in by now.";
    writeFileSync(file, compiled);
    recorded = await linesOf(file);
  } catch (error) {
    return String(error instanceof Error ? error.stack : error);
  }

  const common = read(`expected-${standard}.txt`).trimEnd().split("\n");
  const unused = Object.keys(differs).filter((line) => !common.includes(line));
  const expected = common.flatMap((line) => (line in differs ? (differs[line] ?? []) : line));
  const changes = [
    ...unused.map((line) => `? ${line}`),
    ...expected.filter((line) => !recorded.includes(line)).map((line) => `- ${line}`),
    ...recorded.filter((line) => !expected.includes(line)).map((line) => `+ ${line}`),
  ];
  if (recorded.join("\n") === expected.join("\n") && unused.length === 0) return undefined;
  return changes.join("\n") || `The order is another:\n${recorded.join("\n")}`;
}

/**
 * What a compiled module records, gives and refuses, a line each.
 *
 * @param {URL} file
 */
async function linesOf(file) {
  const { main, refused } = await import(file.href);
  const { result, logs } = await captureLogs(main);
  return [
    ...logs.flatMap((log) => logLines(log, "")),
    ...result.map((/** @type {unknown} */ value) => JSON.stringify(value) ?? "undefined"),
    ...refused.map(messageOf),
  ];
}

/**
 * A log and those below it.
 *
 * @param {import("../../src/testing/captured-log.ts").CapturedLog} log
 * @param {string} indent
 * @returns {string[]}
 */
function logLines({ type, path, inputs, output, children = [] }, indent) {
  const given = inputs === undefined ? "" : ` ${JSON.stringify(inputs)}`;
  const gave = output === undefined ? "" : ` -> ${JSON.stringify(output)}`;
  const below = children.flatMap((child) => logLines(child, `${indent}  `));
  return [`${indent}${type} ${path}${given}${gave}`, ...below];
}

/** @param {() => unknown} define */
function messageOf(define) {
  try {
    define();
    return `not refused: ${define}`;
  } catch (error) {
    return String(error);
  }
}

/** @param {string} path */
function read(path) {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}
