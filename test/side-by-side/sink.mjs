import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

/**
 * A server that takes what flowspan, OTLP exporters, Langfuse and Sentry send, and keeps it. `logs()` gives flowspan's
 * creates, `foreignSpans()` the names of all spans that went to anybody else.
 */
export async function startSink() {
  const requests = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const raw = Buffer.concat(parts);
    const text = String(request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw);
    requests.push({ path: request.url, text });
    response.setHeader("content-type", "application/json");
    response.setHeader("flowspan-batch", "1");
    response.end(answerTo(request.url, text));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bodies = (part) =>
    requests.filter(({ path }) => path.includes(part)).map(({ text }) => text);
  return {
    port: server.address().port,
    clear: () => requests.splice(0),
    logs: () =>
      bodies("/v5/logs/batch").flatMap((text) =>
        JSON.parse(text).logs.filter(({ op }) => op === "create"),
      ),
    foreignSpans: () => [
      ...bodies("/foreign/").flatMap(otlpNames),
      ...bodies("/envelope/").flatMap(sentryNames),
    ],
    close: () => server.close(),
  };
}

function answerTo(path, text) {
  if (!path.startsWith("/v5/logs/batch")) return "{}";
  return JSON.stringify({ logs: JSON.parse(text).logs.map(({ log_id: id }) => ({ id })) });
}

function otlpNames(text) {
  return JSON.parse(text).resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)),
  );
}

/** An envelope has a JSON text on each line: a transaction with its spans (Sentry 10), or spans as items (11). */
function sentryNames(text) {
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  return lines
    .map((line) => JSON.parse(line))
    .flatMap(({ type, transaction, spans = [], items = [] }) => [
      ...(type === "transaction" && transaction ? [transaction] : []),
      ...spans.map(({ description }) => description),
      ...items.map(({ name }) => name),
    ]);
}
