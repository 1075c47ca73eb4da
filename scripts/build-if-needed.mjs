import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = ["src", "server/src", "server/ui", "package.json", "server/package.json"];
const BUILT = ["dist/index.js", "server/dist/index.js"];

/**
 * Builds both packages where a built file is missing or older than a source, without their types: what only runs
 * should not wait for those. Throws if the build fails.
 */
export async function buildIfNeeded() {
  const newestSource = Math.max(...SOURCES.map((path) => newestMillis(join(root, path))));
  const oldestBuilt = Math.min(...BUILT.map((path) => builtMillis(join(root, path))));
  if (oldestBuilt >= newestSource) return;
  console.log("Building flowspan ...");
  const code = await run("npm", ["run", "build:js"], { cwd: root, quiet: true });
  if (code !== 0) throw new Error(`npm run build:js ended with ${code}.`);
}

/**
 * When the newest file of a folder was written; a file stands for itself.
 *
 * @param {string} path
 * @returns {number}
 */
function newestMillis(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const names = readdirSync(path).filter((name) => name !== "node_modules" && name !== "dist");
  return Math.max(0, ...names.map((name) => newestMillis(join(path, name))));
}

/** @param {string} path */
function builtMillis(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
