/**
 * What the fetch hook costs: the same requests to a local server by the plain `fetch` and by the
 * hooked one, in turns, everything on. Prints both medians and their ratio. `npm run build:js` first.
 *
 *     node bench/fetch.mjs [rounds]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { tracedFetch } from "../dist/fetch.js";

const CHUNKS = 100;
const REQUESTS = 40;

if (process.argv[2] === "server") serve();
else await measure(Number(process.argv[2] ?? 15));

/** In a process of its own, so that its work is not counted. */
function serve() {
  const chunk = (delta, reason) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  const events = [...Array(CHUNKS).fill(chunk({ content: "word " }, null)), chunk({}, "stop")];
  const answer = JSON.stringify({
    object: "chat.completion",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "word ".repeat(CHUNKS) } }],
  });
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (!body.includes('"stream":true')) {
      response.setHeader("content-type", "application/json").end(answer);
      return;
    }
    response.setHeader("content-type", "text/event-stream");
    for (const event of events) response.write(event);
    response.end("data: [DONE]\n\n");
  });
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
}

async function measure(rounds) {
  const server = fork(new URL(import.meta.url), ["server"]);
  const [port] = await once(server, "message");
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  const ways = { plain: fetch, hooked: tracedFetch(fetch) };
  for (const stream of [false, true]) {
    const millis = { plain: [], hooked: [] };
    for (let round = 0; round <= rounds; round++) {
      for (const [way, call] of Object.entries(ways)) {
        const spent = await run(call, `http://127.0.0.1:${port}/v1/chat/completions`, stream);
        // The first round warms up.
        if (round > 0) millis[way].push(spent / REQUESTS);
      }
    }
    const [plain, hooked] = [median(millis.plain), median(millis.hooked)];
    const what = stream ? `a stream of ${CHUNKS} events` : "a JSON answer";
    console.log(
      `${what.padEnd(24)} plain ${plain.toFixed(3)} ms, hooked ${hooked.toFixed(3)} ms, ${(hooked / plain).toFixed(2)} times`,
    );
  }
  server.kill();
}

async function run(call, url, stream) {
  const body = JSON.stringify({ model: "m", stream, messages: [{ role: "user", content: "Hi" }] });
  const started = performance.now();
  for (let count = 0; count < REQUESTS; count++) {
    const response = await call(url, { method: "POST", body });
    for await (const _ of response.body);
  }
  return performance.now() - started;
}

function median(values) {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
}
