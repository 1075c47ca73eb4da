import { serveTemporarily } from "../scripts/serve.mjs";
import { startOfflineLlm } from "./offline-llm/server.mjs";
import { traceToLines } from "./print-trace.mjs";

/**
 * What the examples stand on, so that each shows its idea and nothing else: a flowspan server and an offline provider
 * on free ports, found through the environment as they would be in production. Both end with the example.
 */
const server = await serveTemporarily();
const llm = await startOfflineLlm({ background: true });
Object.assign(process.env, {
  FLOWSPAN_URL: server.url,
  OPENAI_BASE_URL: llm.baseURL,
  OPENAI_API_KEY: "none",
  ANTHROPIC_BASE_URL: llm.baseURL.replace(/\/v1$/, ""),
  ANTHROPIC_API_KEY: "none",
});

/** Prints every trace that the server holds as a tree, without timings. */
export async function printTraces() {
  for (const { id } of await list("flows?size=100")) {
    const logs = await list(`logs?file_id=${id}`);
    for (const root of logs.filter((log) => !log.trace_parent_id).reverse()) {
      console.log(traceToLines(await get(`logs/${root.id}`), { timings: false }).join("\n"));
    }
  }
}

/**
 * @param {string} path
 * @returns {Promise<{ id: string, trace_parent_id?: string }[]>} newest first
 */
async function list(path) {
  const { records } = await get(path);
  return records;
}

/** @param {string} path */
async function get(path) {
  const response = await fetch(`${server.url}/v5/${path}`);
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return JSON.parse(await response.text());
}
