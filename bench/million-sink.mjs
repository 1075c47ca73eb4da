/**
 * The other end of `million.mjs`, in a process of its own: `node million-sink.mjs MODE`.
 * `normal` takes all, `slow` takes 200 ms for each answer, `refuse` answers every batch's entries
 * with 422. It keeps counts alone, and gives them to its parent with the next message.
 */
import http from "node:http";
import zlib from "node:zlib";

const mode = process.argv[2];
const SLOW_MILLIS = 200;
const counted = { requests: 0, creates: 0, completes: 0, bytes: 0 };

function takeBatch(body) {
  const { logs } = JSON.parse(body.toString());
  for (const { op } of logs) {
    if (op === "create") counted.creates++;
    if (op === "complete") counted.completes++;
  }
  return logs.map(({ log_id: id }) => ({ id, version_id: "v" }));
}

const refused = { status: 422, detail: [{ loc: ["body"], msg: "refused" }] };

function answerOf(body) {
  if (mode !== "refuse") return takeBatch(body);
  return JSON.parse(body.toString()).logs.map(() => refused);
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const raw = Buffer.concat(chunks);
    counted.requests++;
    counted.bytes += raw.length;
    const isBatch = request.method === "POST" && request.url.endsWith("/logs/batch");
    const body = request.headers["content-encoding"] === "gzip" ? zlib.gunzipSync(raw) : raw;
    const json = isBatch ? { logs: answerOf(body) } : { records: [], page: 1, size: 1, total: 0 };
    const send = () => {
      const headers = { "content-type": "application/json", "flowspan-batch": "1" };
      response.writeHead(200, headers).end(JSON.stringify(json));
    };
    if (mode === "slow") setTimeout(send, SLOW_MILLIS);
    else send();
  });
});

process.on("message", () => process.send(counted));
process.on("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
