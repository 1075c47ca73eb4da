/**
 * A server that takes everything: OTLP JSON and the Log API's batches. It only keeps the bodies;
 * they are parsed and counted when `/counts` is asked, outside of what is measured.
 */
import http from "node:http";
import zlib from "node:zlib";

let requests = 0;
let bodies = [];
const counted = { spans: 0, logs: 0, bytes: 0 };

function count({ url, encoding, body }) {
  const text = (encoding === "gzip" ? zlib.gunzipSync(body) : body).toString();
  counted.bytes += text.length;
  if (url.includes("/v1/traces")) {
    for (const { scopeSpans } of JSON.parse(text).resourceSpans) {
      for (const { spans } of scopeSpans) counted.spans += spans.length;
    }
  } else {
    counted.logs += JSON.parse(text).logs.filter(({ op }) => op === "create").length;
  }
}

/** One answer an entry, without parsing what was sent. */
function batchAnswer(body, encoding) {
  const text = (encoding === "gzip" ? zlib.gunzipSync(body) : body).toString("latin1");
  const ids = [...text.matchAll(/"log_id":"(log_[0-9a-f]+)"/g)];
  return { logs: ids.map(([, id]) => ({ id, version_id: "v" })) };
}

const server = http.createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const encoding = request.headers["content-encoding"];
    const answer = (json) => {
      const headers = { "content-type": "application/json", "flowspan-batch": "1" };
      response.writeHead(200, headers).end(JSON.stringify(json));
    };
    if (request.url === "/counts") {
      for (const kept of bodies) count(kept);
      bodies = [];
      return answer({ ...counted, requests });
    }
    if (request.method !== "POST") return answer({ records: [], page: 1, size: 1, total: 0 });
    requests++;
    bodies.push({ url: request.url, encoding, body });
    answer(request.url.endsWith("/logs/batch") ? batchAnswer(body, encoding) : {});
  });
});
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
