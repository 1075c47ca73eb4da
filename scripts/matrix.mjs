import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { capture, run } from "./run.mjs";

/**
 * The README's test command in a fresh clone of the last commit, once under each Node version that is supported.
 * The npm package `node` brings the versions. Run by hand: `node scripts/matrix.mjs [22 24]`.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const versions = process.argv.length > 2 ? process.argv.slice(2) : ["20", "22", "24"];

for (const version of versions) {
  const folder = mkdtempSync(join(tmpdir(), `flowspan-node${version}-`));
  try {
    await run("git", ["clone", "--quiet", root, folder]);
    const started = performance.now();
    const { code, output } = await underNode(version, "npm ci && npm test", folder);
    const seconds = Math.round((performance.now() - started) / 1000);
    if (code !== 0) console.log(output);
    const told = output.match(/^\s*Tests\s.*$/m)?.[0].trim() ?? "no tests ran";
    const used = output.match(/^v\d+\.\d+\.\d+$/m)?.[0] ?? `v${version}`;
    console.log(`${code === 0 ? "passed" : "FAILED"}  Node ${used}: ${told} (${seconds} s)`);
    if (code !== 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} version
 * @param {string} command
 * @param {string} cwd
 */
function underNode(version, command, cwd) {
  const script = `node --version && ${command}`;
  const own = process.versions.node.startsWith(`${version}.`);
  const env = { CI: "true", NO_COLOR: "1" };
  if (own) return capture("bash", ["-c", script], { cwd, env });
  return capture("npx", ["-y", "-p", `node@${version}`, "-c", script], { cwd, env });
}
