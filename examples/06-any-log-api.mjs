import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { flow, tool } from "flowspan";
import { start } from "flowspan/node";

// Somebody else's Log API: it knows the documented calls only, and makes the ids of tool logs itself.
let made = 0;
const logApi = createServer(async (request, response) => {
  const log = request.method === "GET" ? {} : await json(request);
  if (request.method !== "GET") console.log(request.method, nameOf(request.url), describe(log));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ id: log.log_id ?? `id_${++made}`, records: [] }));
}).listen(0, "127.0.0.1");
await once(logApi, "listening");

const tracing = start({ url: `http://127.0.0.1:${logApi.address().port}/v5`, apiKey: "secret" });
const add = tool("sums/add", (a, b) => a + b);
const sum = flow("sums", (numbers) => numbers.reduce((total, next) => add(total, next)));

console.log(sum([1, 2, 3]));
await tracing.shutdown();
logApi.close();

/** The ids of flow logs are new in each run. */
function nameOf(text) {
  return text?.replace(/log_\w+/, "log_...");
}

function describe({ path, trace_status, trace_parent_log_id }) {
  return [path, trace_status, nameOf(trace_parent_log_id)].filter(Boolean).join(" ");
}

// Prints:
// 6
// POST /v5/flows/log sums incomplete
// POST /v5/tools/log sums/add log_...
// POST /v5/tools/log sums/add log_...
// PATCH /v5/flows/logs/log_... complete
