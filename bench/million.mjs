/**
 * A million small traces through one process and `start()`, against a real HTTP server in another
 * one: `node bench/million.mjs [TRACES] [normal|down|slow|refuse]`. Wants the built packages.
 *
 * Every tenth of the way it prints the pace, the memory after a collection, the open handles and
 * what `stats()` says. At the end `stats()` has to add up with what was made and with what the
 * server counted, and the heap may not have grown with the traces; else the exit code is 1.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { start } from "flowspan/node";
import { beginInVain, runTrace } from "./million-traces.mjs";

const TRACES = Number(process.argv[2] ?? 1_000_000);
const MODE = process.argv[3] ?? "normal";
const MAX_QUEUE_BYTES = 64 * 1024 * 1024;
/** More spans that never end than are kept open: from then on one goes for each that comes. */
const NEVER_ENDED = 60_000;
/** Traces side by side. */
const LANES = 16;
/** With a server that takes all, the program goes no faster than what is sent. */
const MAX_PENDING = 20_000;
/** With a queue that is full and all spans open that are kept so, the heap is below this. */
const MAX_HEAP_BYTES = 300 * 1024 * 1024;
/** What the heap may have grown from the second report to the last, where all is sent. */
const MAX_GROWTH_BYTES = 16 * 1024 * 1024;
const MIB = 1024 * 1024;

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc");
const pause = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

const sink = fork(fileURLToPath(new URL("million-sink.mjs", import.meta.url)), [MODE]);
const { port } = await messageOf(sink);
if (MODE === "down") sink.kill();

const tracing = start({
  url: `http://127.0.0.1:${port}/v5`,
  maxQueueBytes: MAX_QUEUE_BYTES,
  openTraceMillis: 2_000,
  shutdownTimeoutMillis: MODE === "normal" ? 60_000 : 5_000,
});

const startedAt = performance.now();
let next = 0;
let made = 0;
for (; made < NEVER_ENDED; made++) {
  beginInVain();
  if (made % 100 === 0) await turn();
}
const heaps = [];
while (next < TRACES) {
  const end = Math.min(TRACES, next + Math.ceil(TRACES / 10));
  const since = performance.now();
  const from = next;
  await Promise.all(Array.from({ length: LANES }, () => runLane(end)));
  await report(end, ((end - from) * 1000) / (performance.now() - since));
}
const stats = await tracing.shutdown();
await verify();

async function runLane(end) {
  while (next < end) {
    const logs = await runTrace(next++);
    made += logs;
    await turn();
  }
}

/** A turn of the loop, as any program takes that waits for its own input and output. */
async function turn() {
  await new Promise(setImmediate);
  while (MODE === "normal" && tracing.stats().pending > MAX_PENDING) await pause(5);
}

async function report(done, perSecond) {
  // What is ended by being collected takes several collections, with turns of the loop between.
  for (let round = 0; round < 6; round++) {
    collectGarbage();
    await pause(20);
  }
  const { heapUsed, rss, external } = process.memoryUsage();
  heaps.push(heapUsed);
  const handles = {};
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1;
  const mib = (bytes) => `${(bytes / MIB).toFixed(1)} MiB`;
  console.log(
    `${String(done).padStart(8)} traces ${perSecond.toFixed(0).padStart(6)}/s  heap ${mib(heapUsed)}  rss ${mib(rss)}  external ${mib(external)}`,
  );
  console.log(`         ${JSON.stringify(handles)} ${JSON.stringify(tracing.stats())}`);
}

/** Says what does not add up. */
async function verify() {
  const counted = sink.connected && MODE !== "down" ? await ask(sink) : { creates: 0 };
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  const growth = heaps.at(-1) - (heaps[1] ?? heaps[0]);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `\n${TRACES} traces, ${made} logs in ${seconds.toFixed(0)} s: ${JSON.stringify(stats)}`,
  );
  console.log(`the server counted ${JSON.stringify(counted)}`);
  console.log(`heap grown by ${(growth / MIB).toFixed(1)} MiB since a fifth of the way`);
  const wrong = [
    stats.recorded !== made && `recorded ${stats.recorded}, made ${made}`,
    stats.sent + dropped + stats.pending + stats.spooled !== stats.recorded &&
      "sent, dropped, pending and spooled are not what was recorded",
    MODE !== "slow" &&
      stats.sent !== counted.creates &&
      `sent ${stats.sent}, counted ${counted.creates}`,
    MODE === "normal" && dropped + stats.pending > 0 && "logs were lost",
    MODE === "normal" && growth > MAX_GROWTH_BYTES && "the heap grew",
    Math.max(...heaps) > MAX_HEAP_BYTES && "the heap is above its bound",
  ].filter(Boolean);
  console.log(wrong.length === 0 ? "all of it adds up" : `WRONG: ${wrong.join("; ")}`);
  if (wrong.length > 0) process.exitCode = 1;
  if (sink.connected) sink.disconnect();
}

async function ask(child) {
  const answer = messageOf(child);
  child.send("counts");
  return answer;
}

function messageOf(child) {
  return new Promise((resolve) => child.once("message", resolve));
}
