import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { capture, run } from "./run.mjs";

/**
 * Runs every numbered example and compares what it prints with the comment at its end, line by line. An example that
 * needs packages of its own lies in a folder with a lockfile, which is installed first.
 */
const folder = fileURLToPath(new URL("../examples/", import.meta.url));
const names = readdirSync(folder).filter((name) => /^\d\d-/.test(name));

await buildIfNeeded();
const failed = [];
for (const name of names) {
  const problem = await problemOf(name);
  console.log(`${problem ? "FAILED" : "passed"}  examples/${name}`);
  if (problem) failed.push(name);
  if (problem) console.log(problem.replaceAll(/^/gm, "        "));
}
console.log(`${names.length - failed.length} examples passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 && names.length > 0 ? 0 : 1;

/**
 * What is wrong with an example, or undefined.
 *
 * @param {string} name
 */
async function problemOf(name) {
  const own = join(folder, name);
  const hasPackages = existsSync(join(own, "package.json"));
  const file = hasPackages ? join(own, "index.mjs") : own;
  const installed = hasPackages ? await run("npm", ["ci"], { cwd: own, quiet: true }) : 0;
  if (installed !== 0) return `npm ci ended with ${installed}.`;

  const { code, output } = await capture(process.execPath, ["--import", loader(), file], {
    cwd: folder,
  });
  const expected = expectedLines(readFileSync(file, "utf8"));
  const printed = output.trimEnd().split("\n");
  if (code !== 0) return `It ended with ${code} and printed:\n${output}`;
  if (expected.length === 0) return 'It has no comment "// Prints:" at its end.';
  if (expected.join("\n") === printed.join("\n")) return undefined;
  return `It printed:\n${output.trimEnd()}\nand not what its last comment says:\n${expected.join("\n")}`;
}

/** The module that lets Node load TypeScript, as an import specifier. */
function loader() {
  return new URL("../examples/ts.mjs", import.meta.url).href;
}

/**
 * The lines after "// Prints:", without their slashes.
 *
 * @param {string} text
 */
function expectedLines(text) {
  const lines = text.trimEnd().split("\n");
  const start = lines.lastIndexOf("// Prints:");
  return start < 0 ? [] : lines.slice(start + 1).map((line) => line.replace(/^\/\/ ?/, ""));
}
