import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { startDelayingProxy } from "./delaying-proxy.ts";
import { runFlowspan } from "./flowspan-process.ts";
import {
  type ProgramFolder,
  readTraces,
  shapeOf,
  traceIdsOf,
  writePrograms,
} from "./traced-programs.ts";

/** Each process of the trace, by the name that it sends under. */
const SENDERS = ["shop", "stock", "mailer", "worker", "child"] as const;

const LIBRARY = `const { carrier, flow, otel, prompt, resume, start, tool } = require("./flowspan.cjs");
const { context, propagation, ROOT_CONTEXT, SpanKind, trace } = otel;
const URLS = JSON.parse(process.env.URLS);
const wait = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
`;

/** A service that is called over HTTP, spans and headers as OTel's instrumentation has them. */
const STOCK = `${LIBRARY}
const tracing = start({ url: URLS.stock, serviceName: "stock" });
const check = flow("stock/check", async () => prompt("stock/ask", async () => "yes")());
const server = require("node:http").createServer((request, response) => {
  const extracted = propagation.extract(ROOT_CONTEXT, request.headers);
  const options = { kind: SpanKind.SERVER };
  const span = trace.getTracer("http").startSpan("GET /stock", options, extracted);
  context.with(trace.setSpan(extracted, span), async () => {
    await tool("stock/count", async () => 3)();
    await check();
    response.end("3", () => span.end());
  });
});
server.listen(0, "127.0.0.1", () => process.send(server.address().port));
process.once("message", async () => {
  server.close();
  await tracing.shutdown();
  process.disconnect();
});
`;

/** Takes jobs from a queue that another process fills, when it has the time. */
const MAILER = `${LIBRARY}
const tracing = start({ url: URLS.mailer, serviceName: "mailer" });
const send = tool("mail/send", async () => prompt("mail/write", async () => "Dear")());
process.on("message", async ({ job, waitMillis }) => {
  await wait(waitMillis);
  await resume(job.trace, send);
  await tracing.shutdown();
  process.disconnect();
});
`;

const WORKER = `${LIBRARY}
const { parentPort, workerData } = require("node:worker_threads");
const tracing = start({ url: URLS.worker, serviceName: "worker" });
const step = tool("worker/step", async () => prompt("worker/ask", async () => "x")());
resume(workerData.trace, step).then(() => {
  parentPort.postMessage("done");
  return tracing.shutdown();
});
`;

const CHILD = `${LIBRARY}
const tracing = start({ url: URLS.child, serviceName: "child" });
const run = flow("child/run", async () => prompt("child/ask", async () => "x")());
resume(JSON.parse(process.env.CARRIER), run).then(() => tracing.shutdown());
`;

/** The process of the root: calls the service, fills the queue, starts a worker and a child. */
const SHOP = `${LIBRARY}
const { fork, spawn } = require("node:child_process");
const { once } = require("node:events");
const { Worker } = require("node:worker_threads");
const tracing = start({ url: URLS.shop, serviceName: "shop" });
const stock = fork(__dirname + "/stock.cjs");
const mailer = fork(__dirname + "/mailer.cjs");

const get = (port) =>
  trace.getTracer("http").startActiveSpan("GET", { kind: SpanKind.CLIENT }, async (span) => {
    const headers = {};
    propagation.inject(context.active(), headers);
    const response = await fetch("http://127.0.0.1:" + port, { headers });
    span.end();
    return response.text();
  });
const queue = [];
const order = flow("shop/order", async (port) => {
  await tool("shop/price", async () => get(port))();
  tool("shop/queue", () => void queue.push({ mail: 1, trace: carrier() }))();
  await tool("shop/worker", async () => {
    await once(new Worker(__dirname + "/worker.cjs", { workerData: { trace: carrier() } }), "message");
  })();
  await tool("shop/child", async () => {
    const env = { ...process.env, CARRIER: JSON.stringify(carrier()) };
    await once(spawn(process.execPath, [__dirname + "/child.cjs"], { env }), "spawn");
  })();
});
once(stock, "message").then(async ([port]) => {
  await order(port);
  mailer.send({ job: queue.shift(), waitMillis: Number(process.env.WAIT) });
  stock.send("end");
  const { dropped, pending } = await tracing.shutdown();
  console.log(JSON.stringify({ dropped, pending }));
});
`;

let programs: ProgramFolder;

beforeAll(async () => {
  programs = await writePrograms({
    "shop.cjs": SHOP,
    "stock.cjs": STOCK,
    "mailer.cjs": MAILER,
    "worker.cjs": WORKER,
    "child.cjs": CHILD,
  });
});

afterAll(() => programs.remove());

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Another one each time, to look further; a failure names it. */
const FRESH_SEED = Date.now() % 1_000_000;

describe("two services, a queue, a worker and a child process in one trace", () => {
  it.each([1, 2, 3, 4, FRESH_SEED])(
    "are one complete tree, whoever sends first (seed %i)",
    async (seed) => {
      const random = randomOf(seed);
      const server = runFlowspan([
        "serve",
        "--port",
        "0",
        "--data",
        await mkdtemp(join(programs.folder, "data-")),
      ]);
      const url = await server.ready();
      // Each process has its own distance to the server, and each request some more.
      const distances = new Map<string, number>(
        SENDERS.map((sender) => [sender, random() * 1_500]),
      );
      const proxy = await startDelayingProxy(
        url,
        (sender) => (distances.get(sender) ?? 0) + random() * 300,
      );
      onTestFinished(() => proxy.close());
      const urls = Object.fromEntries(SENDERS.map((sender) => [sender, proxy.urlFor(sender)]));

      const shop = spawn(process.execPath, [join(programs.folder, "shop.cjs")], {
        env: { PATH: process.env.PATH, URLS: JSON.stringify(urls), WAIT: String(random() * 1_000) },
      });
      onTestFinished(() => void shop.kill());
      let printed = "";
      for (const stream of [shop.stdout, shop.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          printed += chunk.toString();
        });
      }
      await once(shop, "close");
      const expected =
        "shop/order(shop/price(stock/count stock/check(stock/ask)) shop/queue(mail/send(mail/write)) " +
        "shop/worker(worker/step(worker/ask)) shop/child(child/run(child/ask)))";
      // The child process outlives the shop.
      await expect
        .poll(async () => (await readTraces(url)).map(shapeOf), { timeout: 15_000 })
        .toEqual([expected]);

      const [root] = await readTraces(url);
      const completions = proxy.seen.filter(
        ({ op, logId }) => op === "complete" && logId === root!.id,
      );
      expect(printed).toBe('{"dropped":{},"pending":0}\n');
      expect(root!.trace_status).toBe("complete");
      expect(new Set(traceIdsOf(root!))).toEqual(new Set([root!.id]));
      expect(completions.map(({ sender, status }) => [sender, status])).toEqual([["shop", 200]]);
      expect(proxy.seen.filter(({ status }) => status !== 200)).toEqual([]);
      expect(new Set(proxy.seen.map(({ sender }) => sender))).toEqual(new Set(SENDERS));
    },
    60_000,
  );
});
