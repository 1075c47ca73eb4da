import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";

let folder: string;
let url: string;

/** Takes everything and keeps nothing. */
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : { logs: [] };
  const logs = (body.logs as { log_id: string }[]).map((log) => ({ id: log.log_id }));
  response.setHeader("flowspan-batch", "1");
  response.end(JSON.stringify({ logs }));
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowspan-memory-"));
  await build({
    stdin: {
      contents: 'export * from "./index.ts"; export * from "./node/index.ts";',
      resolveDir: fileURLToPath(new URL("../../src", import.meta.url)),
    },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    outfile: join(folder, "flowspan.cjs"),
    logLevel: "silent",
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v5`;
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Prints the heap in MB after each of five rounds, and how many of the first round's stay alive. */
const PROGRAM = `
const { flow, start, tool } = require("./flowspan.cjs");
const tracing = start();
const first = [];
const child = tool("child", async (text, keep) => {
  const result = { length: text.length };
  if (keep) first.push(new WeakRef(result));
  return result;
});
/** What Node 22 lets go it lets go over several collections. */
const settle = async () => {
  for (let n = 0; n < 10; n++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    gc();
  }
};
flow("root", async () => {
  const heaps = [];
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 20_000; n++) {
      await child("x".repeat(1_000) + n, round === 0 && n < 100);
      if (n % 5_000 === 0) await tracing.flush();
    }
    const stats = await tracing.flush();
    await settle();
    heaps.push(process.memoryUsage().heapUsed / 1e6);
    if (round === 4) console.log(JSON.stringify({ heaps, stats, alive: first.filter((ref) => ref.deref()).length }));
  }
})().then(() => tracing.shutdown());
`;

it("a Flow that stays open holds none of its 100,000 children once they are sent", async () => {
  const file = join(folder, "program.cjs");
  await writeFile(file, PROGRAM);

  const env = { ...process.env, FLOWSPAN_URL: url };
  const child = spawn(process.execPath, ["--expose-gc", file], { env });
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr.pipe(process.stderr);
  await once(child, "close");

  const { heaps, stats, alive } = JSON.parse(printed) as {
    heaps: number[];
    stats: object;
    alive: number;
  };
  expect(stats).toMatchObject({ recorded: 100_001, sent: 100_001, pending: 0, dropped: {} });
  expect(alive).toBe(0);
  // Four more rounds of 20,000 children: less than 50 bytes for each.
  expect(heaps[4]! - heaps[0]!).toBeLessThan(4);
}, 60_000);
