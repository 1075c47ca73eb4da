import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import {
  CHAT_ANSWER,
  CHAT_TOOL_CALL,
  EMBEDDINGS_ANSWER,
  GENERATE_ANSWER,
  MESSAGES_ANSWER,
  RESPONSES_ANSWER,
  type WireAnswer,
} from "./wire-answers.ts";

/** A server of this process that speaks the providers' documented wires, and their clients. */
export interface LlmServer {
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
  readonly google: GoogleGenAI;
  /** Requests that came. */
  readonly requests: () => number;
  /** Connections that were closed by the client before the answer was whole. */
  readonly aborted: () => number;
  close(): void;
}

export const CHAT: { model: string; messages: { role: "user"; content: string }[] } = {
  model: "m",
  messages: [{ role: "user", content: "hi" }],
};
export const MESSAGES: typeof CHAT & { max_tokens: number } = { ...CHAT, max_tokens: 9 };

/** How many of a stream's events the model `hangs` sends. */
const EVENTS_BEFORE_HANGING = 3;

/** Models that don't answer: `fails` is refused, `hangs` stops in the middle of its stream. */
export async function startLlmServer(): Promise<LlmServer> {
  let requests = 0;
  let aborted = 0;
  const server: Server = createServer(async (request, response) => {
    requests++;
    response.on("close", () => {
      if (!response.writableFinished) aborted++;
    });
    const path = request.url ?? "";
    const body = (await readJson(request)) as Asked;
    const [, model = body.model] = /models\/([^:]+):/.exec(path) ?? [];
    if (model === "fails") return sendJson(response, 400, { error: { message: "no such model" } });
    const answer = answerTo(path, body);
    if (!body.stream && !path.includes(":stream")) return sendJson(response, 200, answer.whole);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const isHanging = model === "hangs";
    for (const event of isHanging ? answer.events.slice(0, EVENTS_BEFORE_HANGING) : answer.events) {
      response.write(event);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (!isHanging) response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shared = { apiKey: "k", maxRetries: 0 };
  return {
    openai: new OpenAI({ ...shared, baseURL: `${baseURL}/v1` }),
    anthropic: new Anthropic({ ...shared, baseURL }),
    google: new GoogleGenAI({ apiKey: "k", httpOptions: { baseUrl: baseURL } }),
    requests: () => requests,
    aborted: () => aborted,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What the answer depends on. */
interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly unknown[];
  readonly messages?: readonly { readonly role: string }[];
}

function answerTo(path: string, { tools, messages }: Asked): WireAnswer {
  if (/enerateContent/.test(path)) return GENERATE_ANSWER;
  if (path.includes("/messages")) return MESSAGES_ANSWER;
  if (path.endsWith("/responses")) return RESPONSES_ANSWER;
  if (path.endsWith("/embeddings")) return EMBEDDINGS_ANSWER;
  const isAnswered = messages?.some(({ role }) => role === "tool");
  return tools !== undefined && !isAnswered ? CHAT_TOOL_CALL : CHAT_ANSWER;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += piece;
  return JSON.parse(body);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
