import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { flow, tool } from "flowspan";
import { start } from "flowspan/node";
import { printTraces } from "./setup.mjs";

// Stands for Jaeger, Tempo, a collector: anything that takes OTLP over HTTP.
const backend = createServer(async (request, response) => {
  const { resourceSpans } = await json(request);
  const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  console.log(`${request.method} ${request.url}: ${spans.map(({ name }) => name).join(", ")}`);
  response.end("{}");
}).listen(0, "127.0.0.1");
await once(backend, "listening");

// The same spans go to the Log API and, with otlpUrl, to the backend.
const tracing = start({ otlpUrl: `http://127.0.0.1:${backend.address().port}` });
const look = tool("weather/look", (city) => `mild in ${city}`);
const report = flow("weather/report", (city) => `It is ${look(city)}.`);

console.log(report("Bergen"));
await tracing.shutdown();
await printTraces();
backend.close();

// Prints:
// It is mild in Bergen.
// POST /v1/traces: weather/look, weather/report
// Flow weather/report   complete
// └─ Tool weather/look
