import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOfflineLlm } from "../examples/offline-llm/server.mjs";
import { packBoth } from "./pack.mjs";
import { capture, run, runUntilReady } from "./run.mjs";

/**
 * Both packages as npm would publish them, installed into an empty folder: the README's first example is type-checked
 * under node16 and bundler resolution, run as an ES module and as CommonJS, and its trace is read back from
 * `npx flowspan serve`.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const PROGRAMS = [
  { name: "node16", files: ["first.mts", "first.cts"], module: "node16", resolution: "node16" },
  { name: "bundler", files: ["first.mts"], module: "esnext", resolution: "bundler" },
];

const folder = mkdtempSync(join(tmpdir(), "flowspan-pack-"));
try {
  await install();
  const programs = await compile();
  await runAll(programs);
  console.log("The packed packages hold.");
} catch (error) {
  console.error(`pack-check: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** An application's folder: the two tarballs, and what the example imports besides. */
async function install() {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const others = ["@opentelemetry/api", "openai", "typescript", "@types/node"];
  const packed = await packBoth(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const wanted = others.map((name) => `${name}@${devDependencies[name]}`);
  const args = ["install", "--no-save", packed.flowspan, packed.server, ...wanted];
  const code = await run("npm", args, { cwd: folder, quiet: true });
  expect(code === 0, "installing the packed packages failed");
  console.log(`installed ${basename(packed.flowspan)} and ${basename(packed.server)}`);
}

/** Type-checks the README's first example and gives the programs that came of it. */
async function compile() {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const example = readme.match(/^```ts\n([\s\S]*?)^```/m)?.[1];
  expect(example !== undefined, "README.md holds no block of TypeScript");
  const programs = [];
  for (const { name, files, module, resolution } of PROGRAMS) {
    const own = join(folder, name);
    mkdirSync(own);
    for (const file of files) writeFileSync(join(own, file), example);
    const options = ["--strict", "--target", "es2022", "--types", "node", "--outDir", own];
    const modules = ["--module", module, "--moduleResolution", resolution];
    const code = await run("npx", ["tsc", ...options, ...modules, ...files], { cwd: own });
    expect(code === 0, `the README's first example has type errors under ${name} resolution`);
    programs.push(...files.map((file) => join(own, file.replace("ts", "js"))));
    console.log(`type-checked under ${name} resolution`);
  }
  return programs;
}

/** @param {string[]} programs */
async function runAll(programs) {
  const llm = await startOfflineLlm({ background: true });
  const args = ["flowspan", "serve", "--port", "0", "--data", join(folder, "data")];
  const server = await runUntilReady("npx", args, /listening on (http:\S+)/, { cwd: folder });
  const [, url] = server.match;
  console.log("npx flowspan serve: serves");
  const env = { FLOWSPAN_URL: url, OPENAI_BASE_URL: llm.baseURL, OPENAI_API_KEY: "none" };
  try {
    for (const [index, program] of programs.entries()) {
      const { code, output } = await capture(process.execPath, [program], { cwd: folder, env });
      expect(code === 0 && output.trim() !== "", `${program} ended with ${code}: ${output}`);
      await expectTraces(url, index + 1, program);
      console.log(`ran ${program.slice(folder.length + 1)}`);
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {string} url
 * @param {number} count how many complete traces with a Prompt log in each the server must hold
 * @param {string} program
 */
async function expectTraces(url, count, program) {
  const { records: flows } = await getJson(`${url}/v5/flows`);
  const { records: logs } = await getJson(`${url}/v5/logs?size=100&file_id=${flows[0]?.id}`);
  expect(
    logs.length === count,
    `${program} left ${logs.length} traces on the server, not ${count}`,
  );
  const trace = await getJson(`${url}/v5/logs/${logs[0].id}`);
  const whole =
    trace.trace_status === "complete" && trace.trace_children?.[0]?.prompt !== undefined;
  expect(whole, `${program} left a trace that is not complete or has no Prompt log`);
}

/** @param {string} url */
async function getJson(url) {
  const response = await fetch(url);
  expect(response.ok, `GET ${url}: ${response.status}`);
  return response.json();
}

/**
 * @param {unknown} condition
 * @param {string} otherwise
 * @returns {asserts condition}
 */
function expect(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}
