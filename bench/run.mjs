/**
 * `npm run bench`: flowspan beside two floors, in one run, interleaved, each in a fresh process.
 * f2 is the bare OTel SDK with attributes written by hand; f3 sends them as OTLP JSON.
 * flowspan-spool has a `spoolDir`.
 * ROUNDS=5 sets the rounds (default 3).
 */
import { fork } from "node:child_process";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const ADAPTERS = ["plain", "f2", "f3", "flowspan", "flowspan-spool"];
const ROUNDS = Number(process.env.ROUNDS ?? 3);

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

const sink = fork(file("sink.mjs"));
const { port } = await message(sink);
const url = `http://127.0.0.1:${port}`;

try {
  console.log(`Node ${process.version}, ${cpus().length} cores, ${ROUNDS} rounds\n`);
  printTable(
    "Added to the caller, microseconds a span (median; best decile)",
    await measure("call", ADAPTERS.slice(1)),
    ["median", "best"],
    "best",
  );
  printTable(
    "End to end, CPU microseconds a span, workload included; peak memory; logs that arrived",
    await measure("end-to-end", ADAPTERS),
    ["cpu", "peakMiB", "lost"],
    "cpu",
  );
} finally {
  sink.kill();
}

/** Each figure's median over the rounds, by adapter. */
async function measure(phase, adapters) {
  const rounds = new Map(adapters.map((adapter) => [adapter, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const adapter of adapters) rounds.get(adapter).push(await runWorker(adapter, phase));
  }
  return new Map([...rounds].map(([adapter, figures]) => [adapter, medians(figures)]));
}

async function runWorker(adapter, phase) {
  const before = await counts();
  const worker = fork(file("worker.mjs"), [adapter, phase, url], { execArgv: ["--expose-gc"] });
  const figures = await message(worker);
  const after = await counts();
  const arrived = after.spans + after.logs - before.spans - before.logs;
  const sends = adapter === "f3" || adapter.startsWith("flowspan");
  return sends && figures.sent ? { ...figures, lost: figures.sent - arrived } : figures;
}

async function counts() {
  return (await fetch(`${url}/counts`)).json();
}

function message(child) {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", (code) => reject(new Error(`a measured process ended with code ${code}`)));
  });
}

function medians(figures) {
  const names = Object.keys(figures[0]);
  return Object.fromEntries(
    names.map((name) => {
      const sorted = figures.map((each) => each[name]).sort((a, b) => a - b);
      return [name, sorted[sorted.length >> 1]];
    }),
  );
}

function printTable(title, rows, columns, ratioOf) {
  console.log(title);
  const cells = [["", ...columns, "to f2", "to f3"]];
  for (const [adapter, figures] of rows) {
    const ratio = (floor) => (figures[ratioOf] / rows.get(floor)[ratioOf]).toFixed(2);
    const shown = columns.map((name) => figures[name]?.toFixed(name === "lost" ? 0 : 1) ?? "");
    cells.push([adapter, ...shown, ratio("f2"), ratio("f3")]);
  }
  for (const row of cells) console.log(row.map((cell) => cell.padEnd(16)).join(""));
  console.log();
}
