/**
 * Measures one adapter in a process of its own: `node worker.mjs ADAPTER PHASE URL`.
 * Sends its figures to the parent.
 */
import { buildAgent, SPANS_PER_RUN } from "./workload.mjs";

const [adapter, phase, url] = process.argv.slice(2);
const { setUp } = await import(`./adapters/${adapter}.mjs`);
const bare = (_name, fn) => fn;

const { wrap, flush } = setUp({ url });
const traced = buildAgent(wrap);
const plain = buildAgent({ flow: bare, prompt: bare, tool: bare });

process.send(phase === "call" ? await measureCall() : await measureEndToEnd());
process.exit(0);

/** Added microseconds a span on the caller's side: bursts of both, alternating. */
async function measureCall() {
  const runs = 40;
  const warmUps = 10;
  const rounds = 30;
  const added = [];
  for (let round = 0; round < warmUps + rounds; round++) {
    const plainMillis = await timeRuns(plain, runs);
    const tracedMillis = await timeRuns(traced, runs);
    await flush();
    if (round >= warmUps)
      added.push(((tracedMillis - plainMillis) * 1000) / (runs * SPANS_PER_RUN));
  }
  added.sort((a, b) => a - b);
  return { median: added[added.length >> 1], best: added[Math.floor(added.length / 10)] };
}

async function timeRuns(run, runs) {
  const start = performance.now();
  for (let count = 0; count < runs; count++) await run();
  return performance.now() - start;
}

/** CPU microseconds a span of the whole process, workload included, until all is flushed. */
async function measureEndToEnd() {
  await runMany(50);
  await flush();
  globalThis.gc?.();
  const runs = 2000;
  const before = process.cpuUsage();
  await runMany(runs);
  await flush();
  const { user, system } = process.cpuUsage(before);
  const spans = runs * SPANS_PER_RUN;
  return {
    cpu: (user + system) / spans,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    sent: (50 + runs) * SPANS_PER_RUN,
  };
}

/** Eight agents at a time. */
async function runMany(runs) {
  let left = runs;
  const lane = async () => {
    while (left-- > 0) await traced();
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}
