import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { packBoth } from "./pack.mjs";
import { run } from "./run.mjs";

/**
 * publint and attw over both packages as npm would publish them. Resolution from before Node had `exports` is left out:
 * no Node that we support has it.
 */
const folder = mkdtempSync(join(tmpdir(), "flowspan-packed-"));
try {
  const { flowspan, server } = await packBoth(folder);
  const checks = [
    ["publint", "--strict", flowspan],
    ["publint", "--strict", server],
    ["attw", "--profile", "node16", flowspan],
    ["attw", "--profile", "esm-only", server],
  ];
  for (const args of checks) {
    const code = await run("npx", args, { quiet: true });
    const told = args.map((arg) => basename(arg)).join(" ");
    console.log(`${code === 0 ? "passed" : "FAILED"}  ${told}`);
    if (code !== 0) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
