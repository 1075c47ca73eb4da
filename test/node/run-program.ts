import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly millis: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Program {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when it has printed this text. */
  printed(text: string): Promise<void>;
}

let folder: string;
let count = 0;

/** Bundles this library once for the programs of a test file. Call it at the file's top. */
export function preparePrograms(): void {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowspan-programs-"));
    const src = fileURLToPath(new URL("../../src", import.meta.url));
    await build({
      stdin: {
        contents: 'export * from "./record/index.ts"; export * from "./node/index.ts";',
        resolveDir: src,
      },
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      outfile: join(folder, "flowspan.cjs"),
      logLevel: "silent",
    });
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));
}

/** A folder of its own below the programs'. */
export async function makeTemporaryFolder(): Promise<string> {
  return mkdtemp(join(folder, "tmp-"));
}

/** Starts a program of its own with `start`, `flow` and `tool` at hand. */
export async function startProgram(
  program: string,
  url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Program> {
  const file = join(folder, `program-${++count}.cjs`);
  await writeFile(
    file,
    `const { start, flow, prompt, tool } = require("./flowspan.cjs");\n${program}`,
  );
  const before = performance.now();
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, FLOWSPAN_URL: url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      text[name] += chunk.toString();
    });
  }
  const ended = once(child, "close").then(([code, signal]) => ({
    code,
    signal,
    millis: performance.now() - before,
    ...text,
  }));
  const printed = async (expected: string): Promise<void> => {
    while (!text.stdout.includes(expected)) {
      if (child.exitCode !== null)
        throw new Error(`ended before it printed ${expected}: ${text.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { child, ended, printed };
}

/** Runs a program to its end. */
export async function runProgram(
  program: string,
  url: string,
  env?: Readonly<Record<string, string>>,
): Promise<Ended> {
  const { ended } = await startProgram(program, url, env);
  return ended;
}
