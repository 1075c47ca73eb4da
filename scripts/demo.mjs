import { readFileSync } from "node:fs";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { startOfflineLlm } from "../examples/offline-llm/server.mjs";
import { MODEL } from "../examples/offline-llm/wire.mjs";
import { traceToLines } from "../examples/print-trace.mjs";
import { buildIfNeeded } from "./build-if-needed.mjs";
import { serveTemporarily } from "./serve.mjs";

/**
 * A real agent reads a real document, and its run is shown as a trace:
 *
 *     npm run demo [-- [FILE "question"] [--exit]]
 *
 * With OPENAI_API_KEY it calls OpenAI (OPENAI_BASE_URL, OPENAI_MODEL: another provider, another model); without, an
 * endpoint of its own that quotes from the document. The page stays open until Ctrl-C, unless --exit.
 */
const DEFAULT_FILE = fileURLToPath(new URL("../README.md", import.meta.url));
const DEFAULT_QUESTION = "What happens to my program when the server is down?";
const USAGE = 'Run: npm run demo -- FILE "question" [--exit]';

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
try {
  process.exitCode = await demo(readArguments());
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** @param {{ question: string, document: string, file: string, exit: boolean }} options */
async function demo({ question, document, file, exit }) {
  await buildIfNeeded();
  const server = await serveTemporarily();
  const provider = await connectProvider();
  console.log(`Server:   ${server.url}`);
  console.log(`Model:    ${provider.description}`);
  console.log(`Document: ${file}`);
  console.log(`Question: ${question}\n`);
  try {
    const { log, failure } = await runAgent(server.url, provider, document, question);
    console.log("\n\nThe trace, read back from the server:\n");
    for (const line of traceToLines(await readLog(server.url, log.id))) console.log(`  ${line}`);
    console.log(`\nPage:     ${log.url}`);
    if (failure !== undefined) throw failure;
    if (!exit) await untilInterrupted();
    return 0;
  } finally {
    await provider.close();
    await server.stop();
  }
}

/**
 * Runs the agent traced, its answer printed as it comes, and resolves once its trace is on the server.
 *
 * @param {string} url
 * @param {{ openai: OpenAI, model: string }} provider
 * @param {string} document
 * @param {string} question
 */
async function runAgent(url, { openai, model }, document, question) {
  register("../examples/ts-hooks.mjs", import.meta.url);
  const { start } = await import("flowspan/node");
  const { ReadingAgent } = await import("../examples/demo/agent.ts");

  const tracing = start({ url });
  const agent = new ReadingAgent(openai, model, document);
  let failure;
  try {
    for await (const piece of agent.run(question)) process.stdout.write(piece);
  } catch (error) {
    failure = error;
  }
  await tracing.shutdown();
  return { log: agent.log, failure };
}

/** The provider that the environment names, else the offline endpoint. */
async function connectProvider() {
  if (process.env.OPENAI_API_KEY) {
    const model = process.env.OPENAI_MODEL ?? "gpt-4o-mini";
    const openai = new OpenAI();
    return { openai, model, description: `${model} at ${openai.baseURL}`, close: async () => {} };
  }
  const llm = await startOfflineLlm();
  return {
    openai: new OpenAI({ baseURL: llm.baseURL, apiKey: "none" }),
    model: MODEL,
    description: `${MODEL}: no language model, it quotes the document (set OPENAI_API_KEY for one)`,
    close: llm.close,
  };
}

/**
 * @param {string} url
 * @param {string} id
 */
async function readLog(url, id) {
  const response = await fetch(`${url}/v5/logs/${id}`);
  if (!response.ok) throw new Error(`GET logs/${id}: ${response.status} ${response.statusText}.`);
  return JSON.parse(await response.text());
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { exit: { type: "boolean", default: false } },
  });
  const [file = DEFAULT_FILE, question = DEFAULT_QUESTION, ...rest] = positionals;
  if (positionals.length === 1) throw new Error(`expected a question after the file. ${USAGE}`);
  if (rest.length > 0) throw new Error(`expected one file and one question. ${USAGE}`);
  return { file, question, document: readDocument(file), exit: values.exit };
}

/** @param {string} file */
function readDocument(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    throw new Error(`expected a file that can be read, got ${file} (${code}). ${USAGE}`);
  }
  if (text.trim() === "") throw new Error(`expected a text, got an empty file, ${file}. ${USAGE}`);
  return text;
}

/** Never resolves: a signal ends the process, and with it the server. */
function untilInterrupted() {
  console.log("The page stays open until Ctrl-C.");
  return new Promise(() => setInterval(() => {}, 60_000));
}
