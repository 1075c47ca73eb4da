import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

/** A server of this process that speaks both providers' documented wires, and their clients. */
export interface LlmServer {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  /** Connections that were closed by the client before the answer was whole. */
  readonly aborted: () => number;
  close(): void;
}

export const CHAT: { model: string; messages: { role: "user"; content: string }[] } = {
  model: "m",
  messages: [{ role: "user", content: "hi" }],
};
export const MESSAGES: typeof CHAT & { max_tokens: number } = { ...CHAT, max_tokens: 9 };

/** Models that don't answer: `fails` is refused, `hangs` stops in the middle of its stream. */
export async function startLlmServer(): Promise<LlmServer> {
  let aborted = 0;
  const server: Server = createServer(async (request, response) => {
    response.on("close", () => {
      if (!response.writableFinished) aborted++;
    });
    const { model, stream } = (await readJson(request)) as { model: string; stream?: boolean };
    const isAnthropic = request.url?.endsWith("/messages") === true;
    if (model === "fails") return sendJson(response, 400, { error: { message: "no such model" } });
    if (!stream) return sendJson(response, 200, isAnthropic ? MESSAGE : COMPLETION);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const events = isAnthropic ? anthropicEvents() : openaiEvents();
    const kept = model === "hangs" ? events.slice(0, 3) : events;
    for (const event of kept) {
      response.write(event);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (model !== "hangs") response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shared = { apiKey: "k", maxRetries: 0 };
  return {
    openai: new OpenAI({ ...shared, baseURL: `${baseURL}/v1` }),
    anthropic: new Anthropic({ ...shared, baseURL }),
    aborted: () => aborted,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const COMPLETION = {
  id: "c1",
  object: "chat.completion",
  model: "m-2",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2 },
};

const MESSAGE = {
  id: "m1",
  type: "message",
  role: "assistant",
  model: "m-2",
  content: [{ type: "text", text: "Hello" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
};

function openaiEvents(): readonly string[] {
  const chunk = (choices: unknown[], more = {}) =>
    `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", model: "m-2", choices, ...more })}\n\n`;
  return [
    chunk([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }]),
    chunk([{ index: 0, delta: { content: "Hel" }, finish_reason: null }]),
    chunk([{ index: 0, delta: { content: "lo" }, finish_reason: null }]),
    chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
    chunk([], { usage: COMPLETION.usage }),
    "data: [DONE]\n\n",
  ];
}

function anthropicEvents(): readonly string[] {
  const event = (type: string, more: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
  const delta = (text: string) =>
    event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
  return [
    event("message_start", { message: { ...MESSAGE, content: [], stop_reason: null } }),
    event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
    delta("Hel"),
    delta("lo"),
    event("content_block_stop", { index: 0 }),
    event("message_delta", {
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 2 },
    }),
    event("message_stop", {}),
  ];
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  return JSON.parse(body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
