import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLogApiSink } from "../log-api-sink.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowspan-end-"));
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

interface Ended {
  readonly code: number | null;
  readonly millis: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of its own with `start` and `flow` at hand. */
async function runProgram(program: string, url: string): Promise<Ended> {
  const file = join(folder, "program.cjs");
  await writeFile(file, `const { start, flow, tool } = require("./flowspan.cjs");\n${program}`);
  const before = Date.now();
  const child = spawn(process.execPath, [file], { env: { ...process.env, FLOWSPAN_URL: url } });
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      text[name] += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, millis: Date.now() - before, ...text };
}

const AGENT = 'const agent = flow("agent", async () => tool("t", () => "x")());';

describe("the natural end of a program", () => {
  it("completes and sends what is left, without being asked", async () => {
    const sink = await startLogApiSink({ batch: true });

    const ended = await runProgram(`start(); ${AGENT} agent();`, sink.url);
    await sink.close();

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(sink.logs.size).toBe(2);
    expect(sink.completed.size).toBe(1);
  });

  it("keeps the program's exit code", async () => {
    const sink = await startLogApiSink({ batch: true });

    const ended = await runProgram(`start(); ${AGENT} agent(); process.exitCode = 3;`, sink.url);
    await sink.close();

    expect(ended.code).toBe(3);
    expect(sink.completed.size).toBe(1);
  });

  it("is not kept waiting by a server that is away, beyond the deadline, and hears of it", async () => {
    const sink = await startLogApiSink({ batch: true });
    await sink.close();

    const program = `start({ shutdownTimeoutMillis: 300 }); ${AGENT} agent().then(console.log);`;
    const ended = await runProgram(program, sink.url);

    expect(ended).toMatchObject({ code: 0, stdout: "x\n" });
    expect(ended.stderr).toContain("Logs wait");
    expect(ended.stderr).toContain("2 logs were not sent");
    expect(ended.millis).toBeLessThan(5_000);
  });

  it("is not kept waiting by a server that never answers, while a request is open", async () => {
    const sink = await startLogApiSink({ batch: true, fault: () => "hang" });

    // The request is open before the end, and may take longer than this test.
    const program = `
      start({ shutdownTimeoutMillis: 300, requestTimeoutMillis: 60_000 });
      ${AGENT} agent();
      setTimeout(() => console.log("done"), 500);`;
    const ended = await runProgram(program, sink.url);
    await sink.close();

    expect(ended).toMatchObject({ code: 0, stdout: "done\n" });
    expect(sink.requests).toHaveLength(1);
  });

  it("comes at once where nothing was recorded", async () => {
    const sink = await startLogApiSink({ batch: true });

    const ended = await runProgram("start();", sink.url);
    await sink.close();

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(sink.requests).toEqual([]);
  });
});
