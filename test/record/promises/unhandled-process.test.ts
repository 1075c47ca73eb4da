import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { promise } from "./promise.ts";

describe("4.1 a process with a rejection", () => {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-unhandled-"));
  const program = join(folder, "program.mjs");
  let bare: ReturnType<typeof run>;

  beforeAll(async () => {
    await build({
      entryPoints: [fileURLToPath(new URL("./unhandled-process.ts", import.meta.url))],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      banner: {
        js: 'import { createRequire } from "node:module"; const require = createRequire("/");',
      },
    });
    bare = run("bare");
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program, ...args], {
      encoding: "utf8",
    });
    // The stack differs by the frames of ours.
    const told = stderr.match(/RangeError: .*/g);
    return { status, stdout, told };
  };

  promise("that nobody handles ends as without us, told once", ({ form, type }) => {
    expect(run(form, type)).toEqual(bare);
    expect(bare).toMatchObject({ status: 1, told: ["RangeError: nobody handles this"] });
  });
});
