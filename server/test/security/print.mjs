import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildIfNeeded } from "../../../scripts/build-if-needed.mjs";

/**
 * Runs the security tests and prints, one line for each attack, what was sent and what came back.
 *
 *     node server/test/security/print.mjs
 */
const WIDTH = 100;

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "flowspan-attacks-"));
const file = join(folder, "attacks.jsonl");
await buildIfNeeded();
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", "server/test/security"], {
  cwd: root,
  env: { ...process.env, FLOWSPAN_ATTACKS: file },
  stdio: "inherit",
});

const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
const attacks = lines.map((line) => JSON.parse(line));
for (const file of [...new Set(attacks.map((attack) => attack.file))].sort()) {
  console.log(`\n${file}`);
  for (const { test, sent, came } of attacks.filter((attack) => attack.file === file)) {
    console.log(`  ${onOneLine(test)} | sent: ${onOneLine(sent)} | came: ${onOneLine(came)}`);
  }
}
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;

/** Control characters are shown as they are escaped, and what is long by its start. */
function onOneLine(text) {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return escaped.length > WIDTH ? `${escaped.slice(0, WIDTH - 3)}...` : escaped;
}
