import { copyFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capture } from "./run.mjs";

/**
 * Copies a test's folder to a temporary one, and installs what its lockfile says there, with the packed library in it as
 * a program would have it. Gives the folder, which goes with this process.
 *
 * @param {string} folder its package.json names `flowspan` as `file:flowspan.tgz`
 * @param {string} tarball
 */
export async function installBeside(folder, tarball) {
  const cwd = mkdtempSync(join(tmpdir(), "flowspan-beside-"));
  process.once("exit", () => rmSync(cwd, { recursive: true, force: true }));
  cpSync(folder, cwd, { recursive: true, filter: (path) => !path.includes("node_modules") });
  copyFileSync(tarball, join(cwd, "flowspan.tgz"));
  const { code, output } = await capture("npm", ["ci", "--ignore-scripts"], { cwd });
  if (code !== 0) throw new Error(`npm ci of ${folder} ended with ${code}: ${output}`);
  return cwd;
}
