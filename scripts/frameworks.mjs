import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { run } from "./run.mjs";

/**
 * Runs what is tested with heavy packages: every folder of `test/` with a lockfile of its own is installed, and its
 * `run.mjs` run against the built library.
 *
 *     npm run frameworks
 */
const folder = fileURLToPath(new URL("../test/", import.meta.url));
const names = readdirSync(folder).filter((name) =>
  ["package-lock.json", "run.mjs"].every((file) => existsSync(join(folder, name, file))),
);

await buildIfNeeded();
const failed = [];
for (const name of names) {
  const cwd = join(folder, name);
  console.log(`\ntest/${name}`);
  const installed = await run("npm", ["ci", "--ignore-scripts"], { cwd, quiet: true });
  const code = installed || (await run(process.execPath, ["run.mjs"], { cwd }));
  if (code !== 0) failed.push(`test/${name} ended with ${code}`);
}
for (const line of failed) console.log(`FAILED  ${line}`);
process.exitCode = failed.length === 0 && names.length > 0 ? 0 : 1;
