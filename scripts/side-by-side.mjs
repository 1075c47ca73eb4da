import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSink } from "../test/side-by-side/sink.mjs";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { installBeside } from "./install-beside.mjs";
import { packBoth } from "./pack.mjs";

/**
 * Runs `flowspan/register` beside others that register with OpenTelemetry, each in its real package, and prints who got
 * which spans: each of them each span once, whoever came first.
 *
 *     npm run side-by-side
 */
const folder = fileURLToPath(new URL("../test/side-by-side", import.meta.url));
const REGISTER = ["--import", "flowspan/register"];

/** One call is a Flow with a Tool under it, which a foreign tracer makes, and a Prompt under that. */
const NAMES = ["agent/run", "lookup", "model/chat"];
const once = { flowspan: 1, others: 1 };

/**
 * How often each of the three spans has to be found at flowspan and at the others.
 *
 * @typedef {{ flowspan: number, others: number, warns?: boolean }} Expected
 */

/**
 * What is run.
 *
 * @type {[name: string, args: string[], expected: Expected][]}
 */
const CASES = [
  ["alone, ESM", [...REGISTER, "app.mjs"], { flowspan: 1, others: 0 }],
  ["alone, CJS", [...REGISTER, "app.cjs"], { flowspan: 1, others: 0 }],
  ["alone, CJS by -r", ["-r", "flowspan/register", "app.cjs"], { flowspan: 1, others: 0 }],
  [
    "alone, registered by both systems",
    [...REGISTER, "-r", "flowspan/register", "app.mjs"],
    { flowspan: 1, others: 0 },
  ],
  ...orders("NodeSDK", "node-sdk.mjs", once),
  ["NodeSDK later, CJS", [...REGISTER, "app.cjs", "./setups/node-sdk.cjs"], once],
  [
    "NodeSDK later, CJS by -r",
    ["-r", "flowspan/register", "app.cjs", "./setups/node-sdk.cjs"],
    once,
  ],
  ...orders("NodeSDK with FlowspanSpanProcessor", "node-sdk-with-flowspan.mjs", once),
  ...orders("Langfuse", "langfuse.mjs", once),
  ...orders("Sentry 10 with its span processor", "sentry-10-processors.mjs", once),
  ...orders("Sentry 10", "sentry-10.mjs", { flowspan: 0, others: 1, warns: true }),
  ...orders("Sentry 11", "sentry-11.mjs", { flowspan: 1, others: 0 }),
  ...orders("Sentry 11 with OpenTelemetry", "sentry-11-otel.mjs", {
    flowspan: 0,
    others: 1,
    warns: true,
  }),
];

/**
 * Before us, after us, and after the first call: that one is for us alone then.
 *
 * @param {string} name
 * @param {string} setup
 * @param {Expected} expected
 * @returns {[name: string, args: string[], expected: Expected][]}
 */
function orders(name, setup, expected) {
  const path = `./setups/${setup}`;
  return [
    [`${name} first`, ["--import", path, ...REGISTER, "app.mjs", path], expected],
    [`${name} later`, [...REGISTER, "app.mjs", path], expected],
    [
      `${name} after the first call`,
      [...REGISTER, "app.mjs", path, "late"],
      { ...expected, flowspan: expected.flowspan + 1 },
    ],
  ];
}

await buildIfNeeded();
const tarballs = mkdtempSync(join(tmpdir(), "flowspan-packed-"));
process.once("exit", () => rmSync(tarballs, { recursive: true, force: true }));
const cwd = await installBeside(folder, (await packBoth(tarballs)).flowspan);
const sink = await startSink();
let wrong = 0;
for (const [name, args, expected] of CASES) {
  sink.clear();
  const { code, output } = await runProgram(args);
  const problems = [...compare(expected), ...(code === 0 ? [] : [`it ended with ${code}`])];
  if (output.includes("takes no span processor") !== Boolean(expected.warns)) {
    problems.push(expected.warns ? "nothing was said" : "it warned");
  }
  if (problems.length > 0) wrong += 1;
  console.log(
    `${problems.length === 0 ? "right" : "WRONG"}  ${name}${problems.map((one) => `\n         ${one}`).join("")}`,
  );
  if (problems.length > 0 && output) console.log(output.replaceAll(/^/gm, "         "));
}
console.log(`${CASES.length - wrong} cases right, ${wrong} wrong`);
sink.close();
process.exitCode = wrong === 0 ? 0 : 1;

/** @param {Expected} expected */
function compare({ flowspan, others }) {
  const logs = sink.logs();
  const foreign = sink.foreignSpans();
  return NAMES.flatMap((name) => [
    ...differs(
      `flowspan's logs of ${name}`,
      logs.filter(({ path }) => path === name).length,
      flowspan,
    ),
    ...differs(
      `the others' spans of ${name}`,
      foreign.filter((one) => one === name).length,
      others,
    ),
  ]).concat(
    differs(
      "logs without a parent",
      logs.filter((log) => !log.trace_parent_log_id).length,
      flowspan,
    ),
  );
}

/** @param {string} what @param {number} found @param {number} expected */
function differs(what, found, expected) {
  return found === expected ? [] : [`${what}: expected ${expected}, got ${found}`];
}

/**
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, output: string }>}
 */
function runProgram(args) {
  const base = `http://127.0.0.1:${sink.port}`;
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      ...process.env,
      FLOWSPAN_URL: base,
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      // Ours sends OTLP, too, while its provider is in force, so what it sends is told apart by its address.
      FOREIGN_OTLP_ENDPOINT: `${base}/foreign`,
      LANGFUSE_BASE_URL: `${base}/foreign`,
      LANGFUSE_PUBLIC_KEY: "public",
      LANGFUSE_SECRET_KEY: "secret",
      SENTRY_DSN: `http://public@127.0.0.1:${sink.port}/1`,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (output += part));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}
