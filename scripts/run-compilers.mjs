import { fileURLToPath } from "node:url";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { run } from "./run.mjs";

/**
 * Compiles decorators of both standards with every compiler that people use and compares what is recorded, see
 * `test/compilers`; then checks the types of both standards with TypeScript 7. The compilers have a lockfile of their
 * own, which is installed first.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const cwd = `${root}test/compilers`;
const node = process.execPath;
const tsc = `${cwd}/node_modules/typescript-7/bin/tsc`;

await buildIfNeeded();
const installed = await run("npm", ["ci", "--ignore-scripts"], { cwd, quiet: true });
process.exitCode = installed || (await run(node, ["run.mjs"], { cwd }));
for (const project of [".", "test/legacy"]) {
  if (installed !== 0) break;
  const code = await run(node, [tsc, "--noEmit", "-p", project], { cwd: root });
  console.log(`${code === 0 ? "passed" : "FAILED"}  types of ${project} with TypeScript 7`);
  process.exitCode ||= code;
}
