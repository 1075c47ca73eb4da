import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { capture } from "./run.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Packs both packages as `npm publish` would, from what is built now, and gives the tarballs' paths.
 *
 * @param {string} folder where the tarballs go
 */
export async function packBoth(folder) {
  return {
    flowspan: await pack([], folder),
    server: await pack(["--workspace", "@flowspan/server"], folder),
  };
}

/**
 * @param {string[]} workspace
 * @param {string} folder
 */
async function pack(workspace, folder) {
  const args = [
    "pack",
    "--json",
    "--loglevel",
    "error",
    "--pack-destination",
    folder,
    ...workspace,
  ];
  const { code, output } = await capture("npm", args, { cwd: root });
  const listing = output.slice(output.search(/^[[{]/m));
  if (code !== 0) throw new Error(`npm pack ended with ${code}: ${output}`);
  const parsed = JSON.parse(listing);
  const [packed] = Array.isArray(parsed) ? parsed : Object.values(parsed);
  return join(folder, packed.filename);
}
