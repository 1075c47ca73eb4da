import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packBoth } from "./pack.mjs";
import { run } from "./run.mjs";

/** publint and attw over both packages as npm would publish them. */
const folder = mkdtempSync(join(tmpdir(), "flowspan-packed-"));
try {
  const { flowspan, server } = await packBoth(folder);
  const codes = [
    await run("npx", ["publint", "--strict", flowspan]),
    await run("npx", ["publint", "--strict", server]),
    await run("npx", ["attw", "--no-emoji", flowspan]),
    await run("npx", ["attw", "--no-emoji", "--profile", "esm-only", server]),
  ];
  process.exitCode = Math.max(...codes);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
