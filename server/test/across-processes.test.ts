import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type RunningServer, serve } from "../src/serve.ts";

let folder: string;
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowspan-across-"));
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
  await writeFile(join(folder, "child.cjs"), CHILD);
  await writeFile(join(folder, "worker.cjs"), WORKER);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  const dataDir = await mkdtemp(join(folder, "data-"));
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
  const file = join(folder, `program-${Math.random()}.cjs`);
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

interface Log {
  readonly id: string;
  readonly trace_status?: string;
  readonly trace_id?: string;
  readonly late?: boolean;
  readonly trace_children: readonly Log[];
  readonly [type: string]: unknown;
}

/** Every topmost log of the server as a tree of paths. */
async function traces(): Promise<readonly Log[]> {
  const files = (await ask("files?size=100")) as { records: { id: string }[] };
  const roots = new Map<string, Log>();
  for (const { id } of files.records) {
    const page = (await ask(`logs?file_id=${id}&size=100`)) as { records: Log[] };
    for (const log of page.records) {
      if (log.trace_parent_id) continue;
      roots.set(log.id, (await ask(`logs/${log.id}`)) as Log);
    }
  }
  return [...roots.values()];
}

async function ask(path: string): Promise<unknown> {
  return (await fetch(`${server.url}/v5/${path}`)).json();
}

/** `root(step(child))`. */
function shape(log: Log): string {
  const { path } = (log.flow ?? log.prompt ?? log.tool) as { path: string };
  const children = log.trace_children.map(shape).join(" ");
  return children === "" ? path : `${path}(${children})`;
}

function traceIds(log: Log): readonly unknown[] {
  return [log.trace_id, ...log.trace_children.flatMap(traceIds)];
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

    const all = await traces();
    expect(printed).toBe("2 3\n");
    expect(all.map(shape)).toEqual(["root(send(in worker(ask)) send(in worker(ask)))"]);
    expect(all[0]!.trace_status).toBe("complete");
    expect(new Set(traceIds(all[0]!))).toEqual(new Set([all[0]!.id]));
  });

  it("goes on in a child process and in that one's child", async () => {
    const printed = await run(`
      start();
      flow("root", async () => tool("send", async () => {
        const env = { ...process.env, DEPTH: "1", CARRIER: JSON.stringify(carrier()) };
        await once(fork(__dirname + "/child.cjs", { env }), "close");
      })())();
    `);

    const all = await traces();
    expect(printed).toBe("");
    expect(all.map(shape)).toEqual(["root(send(child1(ask1 child0(ask0))))"]);
    expect(all[0]!.trace_status).toBe("complete");
    expect(new Set(traceIds(all[0]!))).toEqual(new Set([all[0]!.id]));
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
      .poll(async () => (await traces()).map(shape), { timeout: 10_000 })
      .toEqual(["root(child0(ask0))"]);
    expect((await traces())[0]!.trace_status).toBe("complete");
  });

  it("stays one where the parent sends nothing before its children have", async () => {
    await run(`
      start({ keep: () => true });
      flow("root", async () => tool("send", async () => {
        const env = { ...process.env, CARRIER: JSON.stringify(carrier()) };
        await once(fork(__dirname + "/child.cjs", { env }), "close");
      })())();
    `);

    const all = await traces();
    expect(all.map(shape)).toEqual(["root(send(child0(ask0)))"]);
    expect(all[0]!.trace_status).toBe("complete");
  });
});
