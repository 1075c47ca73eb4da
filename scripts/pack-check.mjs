import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startOfflineLlm } from "../examples/offline-llm/server.mjs";
import { packBoth } from "./pack.mjs";
import { capture, run, runUntilReady } from "./run.mjs";

/**
 * Both packages as npm would publish them, installed into an empty folder: the README's programs are type-checked under
 * node16 and bundler resolution and run, as ES modules and as CommonJS, and the first one's trace is read back from
 * `npx flowspan serve`.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const COMPILERS = [
  { name: "node16", extensions: ["mts", "cts"], module: "node16", resolution: "node16" },
  { name: "bundler", extensions: ["mts"], module: "esnext", resolution: "bundler" },
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
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
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

/** Type-checks the README's programs and gives what came of them, the first one first. */
async function compile() {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const programs = [...readme.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, text]) => text ?? "");
  expect(programs.length > 0, "README.md holds no block of TypeScript");
  const compiled = [];
  for (const { name, extensions, module, resolution } of COMPILERS) {
    const own = join(folder, name);
    mkdirSync(own);
    const files = programs.flatMap((text, index) =>
      extensions.map((extension) => ({ text, index, name: `readme-${index + 1}.${extension}` })),
    );
    for (const file of files) writeFileSync(join(own, file.name), file.text);
    const options = ["--strict", "--target", "es2022", "--types", "node", "--outDir", own];
    const modules = ["--module", module, "--moduleResolution", resolution];
    const names = files.map((file) => file.name);
    const code = await run("npx", ["tsc", ...options, ...modules, ...names], { cwd: own });
    expect(code === 0, `the README's programs have type errors under ${name} resolution`);
    console.log(`type-checked under ${name} resolution: ${names.join(", ")}`);
    compiled.push(
      ...files.map((file) => ({
        path: join(own, file.name.replace("ts", "js")),
        traced: file.index === 0,
      })),
    );
  }
  return compiled;
}

/** @param {{ path: string, traced: boolean }[]} programs */
async function runAll(programs) {
  const llm = await startOfflineLlm({ background: true });
  const args = ["flowspan", "serve", "--port", "0", "--data", join(folder, "data")];
  const server = await runUntilReady("npx", args, /listening on (http:\S+)/, { cwd: folder });
  const url = server.found;
  console.log("npx flowspan serve: serves");
  const env = { FLOWSPAN_URL: url, OPENAI_BASE_URL: llm.baseURL, OPENAI_API_KEY: "none" };
  let traces = 0;
  try {
    for (const { path, traced } of programs) {
      const name = path.slice(folder.length + 1);
      const { code, output } = await capture(process.execPath, [path], { cwd: folder, env });
      expect(code === 0 && output.trim() !== "", `${name} ended with ${code}: ${output}`);
      if (traced) await expectTraces(url, ++traces, name);
      console.log(`ran ${name}${traced ? ": its trace is on the server" : ""}`);
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
  return JSON.parse(await response.text());
}

/**
 * @param {unknown} condition
 * @param {string} otherwise
 * @returns {asserts condition}
 */
function expect(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}
