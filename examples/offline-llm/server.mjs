import { once } from "node:events";
import { createServer } from "node:http";
import { toAnthropicEvents, toAnthropicMessage } from "./anthropic.mjs";
import { replyTo } from "./reply.mjs";
import { cutToTokens, usageOf } from "./usage.mjs";
import { readChatRequest, toChunks, toCompletion, toModelList, WireError } from "./wire.mjs";

const MAX_BODY_BYTES = 10_000_000;

/**
 * An HTTP endpoint that speaks OpenAI's wire (chat completions as JSON and as a stream, tool calls, JSON answers,
 * usage) and Anthropic's (messages, with thinking), and is no language model: it quotes from the text it is given. For demos, examples and tests without a
 * network; any OpenAI client takes its `baseURL`.
 *
 * @param {{ port?: number, host?: string, background?: boolean }} [options] default: a free port of the loopback
 *   address; `background`: it lets the process end
 * @returns {Promise<{ baseURL: string, close(): Promise<void> }>}
 */
export async function startOfflineLlm({ port = 0, host = "127.0.0.1", background = false } = {}) {
  const server = createServer((request, response) => {
    handle(request, response).catch((error) => sendError(response, error));
  });
  if (background) server.unref().on("connection", (socket) => socket.unref());
  server.listen(port, host);
  await once(server, "listening");
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    baseURL: `http://${host}:${address.port}/v1`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function handle(request, response) {
  const route = `${request.method} ${request.url?.split("?")[0]}`;
  if (route === "GET /v1/models") return sendJson(response, 200, toModelList());
  if (route === "POST /v1/messages") return answerMessages(request, response);
  if (route !== "POST /v1/chat/completions") throw new WireError(404, `Invalid URL (${route})`);

  const body = readChatRequest(await readBody(request));
  const reply = withinLimit(replyTo(body), body.max_completion_tokens ?? body.max_tokens);
  const usage = usageOf(body, reply);
  if (body.stream === true) {
    const chunks = toChunks(reply, body.stream_options?.include_usage ? usage : undefined);
    return sendStream(response, [...toEvents(chunks), "data: [DONE]\n\n"]);
  }
  sendJson(response, 200, toCompletion(reply, usage));
}

/**
 * Anthropic's wire; what it asks for is not checked.
 *
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 */
async function answerMessages(request, response) {
  const body = readChatRequest(await readBody(request));
  const asked = /** @type {import("./anthropic.mjs").MessagesRequest} */ (
    /** @type {unknown} */ (body)
  );
  if (body.stream !== true) return sendJson(response, 200, toAnthropicMessage(asked));
  await sendStream(response, toEvents(toAnthropicEvents(asked)));
}

/**
 * The events' text, named by their type where they have one.
 *
 * @param {Iterable<object>} events
 * @returns {Iterable<string>}
 */
function* toEvents(events) {
  for (const event of events) {
    const name = "type" in event ? `event: ${event.type}\n` : "";
    yield `${name}data: ${JSON.stringify(event)}\n\n`;
  }
}

/**
 * @param {import("./reply.mjs").Reply} reply
 * @param {number | null | undefined} maxTokens
 * @returns {import("./reply.mjs").Reply}
 */
function withinLimit(reply, maxTokens) {
  if (reply.content === null) return reply;
  const { text, cut } = cutToTokens(reply.content, maxTokens);
  return { ...reply, content: text, finishReason: cut ? "length" : reply.finishReason };
}

/** @param {import("node:http").IncomingMessage} request */
async function readBody(request) {
  const parts = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES)
      throw new WireError(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

/**
 * Each event is written in a turn of its own, so that a reader sees them one after the other; a reader that has gone
 * away ends the stream.
 *
 * @param {import("node:http").ServerResponse} response
 * @param {Iterable<string>} events
 */
async function sendStream(response, events) {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  for (const event of events) {
    if (response.destroyed) return;
    response.write(event);
    await new Promise((resolve) => setImmediate(resolve));
  }
  response.end();
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 * @param {object} body
 */
function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/**
 * @param {import("node:http").ServerResponse} response
 * @param {unknown} error
 */
function sendError(response, error) {
  if (response.headersSent) return response.destroy();
  if (error instanceof WireError) return sendJson(response, error.status, error.body);
  const message = "The server had an error while processing your request.";
  sendJson(response, 500, { error: { message, type: "server_error", param: null, code: null } });
}
