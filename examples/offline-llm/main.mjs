import { parseArgs } from "node:util";
import { startOfflineLlm } from "./server.mjs";
import { MODEL } from "./wire.mjs";

/** Serves until Ctrl-C: `node examples/offline-llm/main.mjs [--port 4320]`. */
const { values } = parseArgs({ options: { port: { type: "string", default: "4320" } } });
const { baseURL } = await startOfflineLlm({ port: Number(values.port) });
console.log(
  `${MODEL} listening on ${baseURL} (no language model: it quotes from the text it is given)`,
);
