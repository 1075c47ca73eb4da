import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runUntilReady } from "./run.mjs";

const command = fileURLToPath(new URL("../server/bin/flowspan.js", import.meta.url));

/**
 * Runs `flowspan serve` on a free loopback port with its data in a temporary folder, and gives its address. `stop()`,
 * or the end of this process, ends it and removes the folder.
 */
export async function serveTemporarily() {
  const data = mkdtempSync(join(tmpdir(), "flowspan-data-"));
  const remove = () => rmSync(data, { recursive: true, force: true });
  process.once("exit", remove);
  const args = [command, "serve", "--port", "0", "--data", data];
  const { found: url, stop } = await runUntilReady(
    process.execPath,
    args,
    /listening on (http:\S+)/,
  );
  return { url, stop: () => stop().then(remove) };
}
