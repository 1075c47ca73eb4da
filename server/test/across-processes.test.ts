import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type RunningServer, serve } from "../src/serve.ts";
import {
  type ProgramFolder,
  readTraces,
  shapeOf,
  traceIdsOf,
  writePrograms,
} from "./traced-programs.ts";

let programs: ProgramFolder;
let server: RunningServer;

beforeAll(async () => {
  programs = await writePrograms({ "child.cjs": CHILD, "worker.cjs": WORKER });
});

afterAll(() => programs.remove());

beforeEach(async () => {
  const dataDir = await mkdtemp(join(programs.folder, "data-"));
  server = await serve({ port: 0, dataDir });
  onTestFinished(() => server.close());
});

const LIBRARY = `const { carrier, flow, prompt, resume, start, tool } = require("./flowspan.cjs");
const { fork, spawn } = require("node:child_process");
const { once } = require("node:events");
const { Worker } = require("node:worker_threads");
`;

/** Runs a Flow at the place that its environment names, then a child of its own while DEPTH lasts. */
const CHILD = `${LIBRARY}
const tracing = start();
const depth = Number(process.env.DEPTH ?? 0);
const agent = flow("child" + depth, async () => {
  await prompt("ask" + depth, async () => "answer")();
  if (depth === 0) return "done";
  const env = { ...process.env, DEPTH: String(depth - 1), CARRIER: JSON.stringify(carrier()) };
  await once(spawn(process.execPath, [__filename], { env, stdio: "inherit" }), "close");
});
resume(JSON.parse(process.env.CARRIER), agent).then(() => tracing.shutdown());
`;

const WORKER = `${LIBRARY}
const { parentPort, workerData } = require("node:worker_threads");
const tracing = start();
const step = tool("in worker", async (n) => prompt("ask", async () => n + 1)());
resume(workerData.trace, () => step(workerData.n)).then(async (result) => {
  await tracing.shutdown();
  parentPort.postMessage(result);
});
`;

/** Runs a program to its end and gives what it printed. */
async function run(program: string): Promise<string> {
  const file = join(programs.folder, `program-${Math.random()}.cjs`);
  await writeFile(file, LIBRARY + program);
  const env = { ...process.env, FLOWSPAN_URL: server.url };
  const child = spawn(process.execPath, [file], { env });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  await once(child, "close");
  return printed;
}

describe("one trace through several processes", () => {
  it("goes on in a worker thread", async () => {
    const printed = await run(`
      const tracing = start();
      const inWorker = tool("send", async (n) => {
        const worker = new Worker(__dirname + "/worker.cjs", { workerData: { n, trace: carrier() } });
        return (await once(worker, "message"))[0];
      });
      flow("root", async () => console.log(await inWorker(1), await inWorker(2)))();
    `);

    const all = await readTraces(server.url);
    expect(printed).toBe("2 3\n");
    expect(all.map(shapeOf)).toEqual(["root(send(in worker(ask)) send(in worker(ask)))"]);
    expect(all[0]!.trace_status).toBe("complete");
    expect(new Set(traceIdsOf(all[0]!))).toEqual(new Set([all[0]!.id]));
  });

  it("goes on in a child process and in that one's child", async () => {
    const printed = await run(`
      start();
      flow("root", async () => tool("send", async () => {
        const env = { ...process.env, DEPTH: "1", CARRIER: JSON.stringify(carrier()) };
        await once(fork(__dirname + "/child.cjs", { env }), "close");
      })())();
    `);

    const all = await readTraces(server.url);
    expect(printed).toBe("");
    expect(all.map(shapeOf)).toEqual(["root(send(child1(ask1 child0(ask0))))"]);
    expect(all[0]!.trace_status).toBe("complete");
    expect(new Set(traceIdsOf(all[0]!))).toEqual(new Set([all[0]!.id]));
  });

  it("stays one where the child outlives its parent's process", async () => {
    await run(`
      start();
      flow("root", () => {
        const env = { ...process.env, CARRIER: JSON.stringify(carrier()) };
        spawn(process.execPath, [__dirname + "/child.cjs"], { env, stdio: "ignore", detached: true }).unref();
      })();
    `);

    await expect
      .poll(async () => (await readTraces(server.url)).map(shapeOf), { timeout: 10_000 })
      .toEqual(["root(child0(ask0))"]);
    expect((await readTraces(server.url))[0]!.trace_status).toBe("complete");
  });

  it("keeps what save: false was said of above a carrier in, in the other process too", async () => {
    await run(`
      start();
      flow({ path: "root", save: false }, async (text) => {
        const env = { ...process.env, CARRIER: JSON.stringify(carrier()) };
        await once(fork(__dirname + "/child.cjs", { env }), "close");
        return text;
      })("private");
    `);

    const all = await readTraces(server.url);
    expect(all.map(shapeOf)).toEqual(["root(child0(ask0))"]);
    expect(JSON.stringify(all)).not.toMatch(/private|answer|done/);
  });

  it("stays one where the parent sends nothing before its children have", async () => {
    await run(`
      start({ keep: () => true });
      flow("root", async () => tool("send", async () => {
        const env = { ...process.env, CARRIER: JSON.stringify(carrier()) };
        await once(fork(__dirname + "/child.cjs", { env }), "close");
      })())();
    `);

    const all = await readTraces(server.url);
    expect(all.map(shapeOf)).toEqual(["root(send(child0(ask0)))"]);
    expect(all[0]!.trace_status).toBe("complete");
  });
});
