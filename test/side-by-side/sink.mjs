import { once } from "node:events";
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

/**
 * A server that takes what flowspan, OTLP exporters, Langfuse and Sentry send, and keeps it. `logs()` gives flowspan's
 * creates, `foreignSpans()` the names of all spans that went to anybody else.
 */
export async function startSink() {
  /** @type {{ path: string, text: string }[]} */
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = String(request.url);
    const parts = [];
    for await (const part of request) parts.push(part);
    const raw = Buffer.concat(parts);
    const text = String(request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw);
    requests.push({ path, text });
    response.setHeader("content-type", "application/json");
    response.setHeader("flowspan-batch", "1");
    response.end(answerTo(path, text));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const bodies = (/** @type {string} */ part) =>
    requests.filter(({ path }) => path.includes(part)).map(({ text }) => text);
  return {
    port: /** @type {import("node:net").AddressInfo} */ (server.address()).port,
    clear: () => requests.splice(0),
    logs: () =>
      bodies("/v5/logs/batch").flatMap((text) => logsIn(text).filter(({ op }) => op === "create")),
    foreignSpans: () => [
      ...bodies("/foreign/").flatMap(otlpNames),
      ...bodies("/envelope/").flatMap(sentryNames),
    ],
    close: () => server.close(),
  };
}

/**
 * @param {string} text
 * @returns {Record<string, any>[]}
 */
function logsIn(text) {
  return JSON.parse(text).logs;
}

/** @param {string} path @param {string} text */
function answerTo(path, text) {
  if (!path.startsWith("/v5/logs/batch")) return "{}";
  return JSON.stringify({ logs: logsIn(text).map(({ log_id: id }) => ({ id })) });
}

/** @typedef {{ name: string, description: string }} Named */

/**
 * @param {string} text
 * @returns {string[]}
 */
function otlpNames(text) {
  /** @type {{ resourceSpans: { scopeSpans: { spans: Named[] }[] }[] }} */
  const { resourceSpans } = JSON.parse(text);
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ name }) => name);
}

/**
 * An envelope has a JSON text on each line: a transaction with its spans (Sentry 10), or spans as items (11).
 *
 * @param {string} text
 * @returns {string[]}
 */
function sentryNames(text) {
  const lines = text.split("\n").filter((line) => line.startsWith("{"));
  /** @type {{ type?: string, transaction?: string, spans?: Named[], items?: Named[] }[]} */
  const parts = lines.map((line) => JSON.parse(line));
  return parts.flatMap(({ type, transaction, spans = [], items = [] }) => [
    ...(type === "transaction" && transaction ? [transaction] : []),
    ...spans.map(({ description }) => description),
    ...items.map(({ name }) => name),
  ]);
}
