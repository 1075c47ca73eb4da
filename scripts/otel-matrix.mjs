import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { installBeside } from "./install-beside.mjs";
import { packBoth } from "./pack.mjs";
import { capture } from "./run.mjs";
import { serveTemporarily } from "./serve.mjs";

/**
 * Runs one program with OpenTelemetry's SDK 1.30, 2.12 and 3.1 on the Node versions that each supports, delivers to
 * `flowspan serve`, reads the logs back there, and compares them with what is expected of all.
 *
 *     npm run otel-versions               every cell
 *     npm run otel-versions -- --quick    the cells of the Node that runs this
 *     npm run otel-versions -- --print    and what was read back, as JSON
 */
const folder = fileURLToPath(new URL("../test/otel-versions", import.meta.url));
const SDKS = [
  { sdk: "1.30", nodes: ["20", "22", "24"] },
  { sdk: "2.12", nodes: ["20", "22", "24"] },
  { sdk: "3.1", nodes: ["22", "24"] },
];
const own = process.versions.node.split(".")[0];
const isQuick = process.argv.includes("--quick");
const isPrinting = process.argv.includes("--print");

const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
/** What has to be found where `flowspan/register` is preloaded: its arguments, and the program's. */
const REGISTERED = ["--import", "flowspan/register"];
const RUNS = [
  ...Object.keys(expected.cases).map((name) => [name, ["program.mjs", name], expected.cases[name]]),
  ...["mjs", "cjs"].flatMap((system) => [
    [`register, ${system}`, [...REGISTERED, `app.${system}`], expected.register],
    [
      `register, setup later, ${system}`,
      [...REGISTERED, `app.${system}`, `./setup.${system}`],
      expected.register,
    ],
    [
      `setup, then register, ${system}`,
      ["--import", `./setup.${system}`, ...REGISTERED, `app.${system}`],
      expected.register,
    ],
  ]),
  ["register by -r, cjs", ["-r", "flowspan/register", "app.cjs"], expected.register],
  ["register by -r, mjs", ["-r", "flowspan/register", "app.mjs"], expected.register],
];

await buildIfNeeded();
const temporary = mkdtempSync(join(tmpdir(), "flowspan-matrix-"));
process.once("exit", () => rmSync(temporary, { recursive: true, force: true }));
const { flowspan } = await packBoth(temporary);
const server = await serveTemporarily();
const cells = SDKS.flatMap(({ sdk, nodes }) =>
  nodes.filter((node) => !isQuick || node === own).map((node) => ({ sdk, node })),
);
let wrong = 0;
const installed = new Map();
for (const { sdk, node } of cells) {
  installed.set(sdk, installed.get(sdk) ?? (await install(sdk)));
  const problems = await runCell(installed.get(sdk), await nodeBinary(node));
  if (problems.length > 0) wrong += 1;
  console.log(
    `${problems.length === 0 ? "right" : "WRONG"}  OpenTelemetry ${sdk}, Node ${node}: ${RUNS.length - problems.length} of ${RUNS.length} runs`,
  );
  for (const problem of problems) console.log(`         ${problem}`);
}
await server.stop();
console.log(`${cells.length - wrong} cells right, ${wrong} wrong`);
process.exitCode = wrong === 0 && cells.length > 0 ? 0 : 1;

/** @param {string} sdk */
async function install(sdk) {
  const cwd = await installBeside(join(folder, sdk), flowspan);
  for (const name of ["program.mjs", "app.mjs", "app.cjs"])
    copyFileSync(join(folder, name), join(cwd, name));
  return cwd;
}

/**
 * @param {string} cwd
 * @param {string} node
 * @returns {Promise<string[]>}
 */
async function runCell(cwd, node) {
  const runs = RUNS.map(async ([name, args, tree]) => {
    const found = await runOne(cwd, node, args);
    if (isPrinting) console.log(name, JSON.stringify(found, undefined, 2));
    return isDeepStrictEqual(found, tree) ? [] : [`${name}: got ${JSON.stringify(found)}`];
  });
  return (await Promise.all(runs)).flat();
}

/**
 * @param {string} cwd
 * @param {string} node
 * @param {string[]} args
 */
async function runOne(cwd, node, args) {
  const { code, output } = await capture(node, args, {
    cwd,
    env: { FLOWSPAN_URL: server.url, NODE_NO_WARNINGS: "1" },
  });
  if (code !== 0 || !output.startsWith("{")) return { code, output };
  const { ids, found } = JSON.parse(output);
  const logs = await Promise.all(ids.map(readLog));
  return { logs: logs.sort(byText), ...found };
}

/** @param {string} id */
async function readLog(id) {
  const response = await fetch(`${server.url}/v5/logs/${id}`);
  if (!response.ok) return response.status;
  return plain(/** @type {Record<string, any>} */ (await response.json()));
}

/**
 * What is the same each time a log is made: no ids, no times.
 *
 * @param {Record<string, any>} log
 * @returns {Record<string, unknown>}
 */
function plain(log) {
  const type = ["flow", "prompt", "tool"].find((name) => log[name] !== undefined) ?? "none";
  const names = [
    "inputs",
    "output",
    "error",
    "messages",
    "output_message",
    "prompt_tokens",
    "output_tokens",
    "user",
  ];
  const fields = names
    .filter((name) => log[name] !== undefined && log[name] !== null)
    .map((name) => [name, log[name]]);
  const children = (log.trace_children ?? []).map(plain).sort(byText);
  const model = log.prompt?.model;
  return {
    log: `${type} ${log[type]?.path}`,
    ...(log.trace_status && { trace_status: log.trace_status }),
    ...(model && { model }),
    ...Object.fromEntries(fields),
    ...(children.length > 0 && { children }),
  };
}

/** @param {unknown} left @param {unknown} right */
function byText(left, right) {
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

/** @param {string} version */
async function nodeBinary(version) {
  if (version === own) return process.execPath;
  const cwd = join(temporary, `node${version}`);
  const path = join(cwd, "node_modules/node/bin/node");
  const args = ["install", "--prefix", cwd, "--no-save", `node@${version}`];
  const { code, output } = await capture("npm", args);
  if (code !== 0) throw new Error(`npm ${args.join(" ")} ended with ${code}: ${output}`);
  return path;
}
