import { fileURLToPath } from "node:url";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { run } from "./run.mjs";

/**
 * Compiles decorators of both standards with every compiler that people use and compares what is recorded, see
 * `test/compilers`. The compilers have a lockfile of their own, which is installed first.
 */
const cwd = fileURLToPath(new URL("../test/compilers", import.meta.url));

await buildIfNeeded();
const installed = await run("npm", ["ci", "--ignore-scripts"], { cwd, quiet: true });
process.exitCode = installed || (await run(process.execPath, ["run.mjs"], { cwd }));
