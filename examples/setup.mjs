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
});

/** Prints every trace that the server holds as a tree, oldest first, without timings. */
export async function printTraces() {
  const { records: flows } = await get("flows?size=100");
  for (const { id } of flows.reverse()) {
    const { records: logs } = await get(`logs?file_id=${id}`);
    const roots = logs.filter(
      (/** @type {{ trace_parent_id?: string }} */ log) => !log.trace_parent_id,
    );
    for (const root of roots.reverse()) {
      console.log(traceToLines(await get(`logs/${root.id}`), { timings: false }).join("\n"));
    }
  }
}

/** @param {string} path */
async function get(path) {
  const response = await fetch(`${server.url}/v5/${path}`);
  if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
