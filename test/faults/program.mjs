import dns from "node:dns";
import { writeSync } from "node:fs";
import { currentLog } from "flowspan";
import { start } from "flowspan/node";
import { wrap } from "../../bench/adapters/flowspan.mjs";
import { buildAgent, SPANS_PER_RUN } from "../../bench/workload.mjs";

/**
 * A traced program, run in a process of its own by `traced-program.ts`, which documents its orders. It tells what it
 * measured when its load is done, and its counters at its very end.
 */
const orders = JSON.parse(process.argv[2]);
const { traces = Number.POSITIVE_INFINITY, perSecond, burst = 1, lanes = 1 } = orders;
const counters = { rejected: 0, unhandled: 0 };
const samples = { plain: [], traced: [] };
let isLookupBroken = orders.lookupWaits === true;

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));
const bare = (_path, fn) => fn;
const agentOptions = orders.answerMillis ? { answerIn: () => sleep(orders.answerMillis) } : {};
const plain = buildAgent({ flow: bare, prompt: bare, tool: bare }, agentOptions);
const traced = buildAgent(orders.tellsIds ? tellingIds(wrap) : wrap, agentOptions);

if (orders.countsUnhandled) {
  process.on("unhandledRejection", () => {
    counters.unhandled += 1;
  });
}
if (orders.lookupWaits) mendLookupLater();

const tracing = start(orders.options);
process.on("exit", () => {
  tell("@end", { stats: tracing.stats(), ...counters });
});
process.on("message", (message) => {
  if (message === "lookup works") isLookupBroken = false;
  if (message === "end") end(orders.end);
});

await run();
tell("@loaded", { spans: traces * SPANS_PER_RUN, ...measured(), rejected: counters.rejected });

/** Rounds of plain and traced runs, at their rate or as fast as they go. */
async function run() {
  const started = performance.now();
  const rounds = [];
  for (let round = 0; round * burst < traces; round += 1) {
    if (perSecond === undefined) {
      await runRound(round);
      continue;
    }
    const due = started + (round * burst * 1000) / perSecond - performance.now();
    if (due > 0) await sleep(due);
    rounds.push(runRound(round));
  }
  await Promise.all(rounds);
}

/** Which of the two goes first changes, so that neither always finds the warmer process. */
async function runRound(round) {
  const order = round % 2 === 0 ? ["plain", "traced"] : ["traced", "plain"];
  for (const name of order) {
    const agent = name === "plain" ? plain : traced;
    const began = performance.now();
    await runMany(agent);
    samples[name].push((performance.now() - began) / burst);
  }
}

async function runMany(agent) {
  let left = burst;
  const lane = async () => {
    while (left-- > 0) {
      await agent().catch(() => {
        counters.rejected += 1;
      });
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

function measured() {
  const plainMillis = median(samples.plain);
  const tracedMillis = median(samples.traced);
  return { plainMillis, tracedMillis };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Writes each log's id to stdout, at once, when its span has ended. */
function tellingIds({ flow, prompt, tool }) {
  let ended = 0;
  const telling = (wrapper) => (path, fn) => async (input) => {
    let id;
    const call = wrapper(path, (given) => {
      id = currentLog().id;
      return fn(given);
    });
    const output = await call(input);
    writeSync(1, `@ended ${id}\n`);
    ended += 1;
    if (ended === orders.hangsAfter) await new Promise(() => {});
    return output;
  };
  return { flow: telling(flow), prompt: telling(prompt), tool: telling(tool) };
}

/** Lookups fail as they really do for this name, until told that they work. */
function mendLookupLater() {
  const lookup = dns.lookup;
  dns.lookup = (name, options, callback) =>
    lookup(isLookupBroken ? name : "127.0.0.1", options, callback);
}

function end(way) {
  process.disconnect();
  if (way === "process.exitCode = 3") process.exitCode = 3;
  if (way === "process.exit(4)") process.exit(4);
  if (way === "throw") throw new Error("an error of the program's own");
  if (way === "reject") Promise.reject(new Error("an error of the program's own"));
}

function tell(name, report) {
  writeSync(1, `${name} ${JSON.stringify(report)}\n`);
}
