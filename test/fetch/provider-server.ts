import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";

/** Answers one request; `body` is what came with it. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => unknown;

/** What the server has seen of one request. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** True as soon as the connection was closed before the answer's end. */
  isAborted: boolean;
}

/** Starts servers that are closed after each test. */
export function useServers(): (answer: Answer) => Promise<{ url: string; seen: Seen[] }> {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });

  return async (answer) => {
    const seen: Seen[] = [];
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const piece of request) body += piece;
      const entry: Seen = {
        path: request.url ?? "",
        headers: request.headers,
        body,
        isAborted: false,
      };
      response.on("close", () => {
        entry.isAborted = !response.writableFinished;
      });
      seen.push(entry);
      await answer(request, response, body);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    stops.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, seen };
  };
}

/** A chat completion, as OpenAI answers it. */
export const COMPLETION: Readonly<Record<string, unknown>> = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m-2",
  choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};

const CHUNK = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m-2" };

function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function choice(delta: object, reason: string | null): string {
  return event({ ...CHUNK, choices: [{ index: 0, delta, finish_reason: reason }] });
}

/** Only there where `include_usage` was asked for. */
export const USAGE_EVENT: string = event({ ...CHUNK, choices: [], usage: COMPLETION.usage });

/** A streamed chat completion, event by event, without the tokens. */
export const EVENTS: readonly string[] = [
  choice({ role: "assistant", content: "" }, null),
  choice({ content: "Hel" }, null),
  choice({ content: "lo, wörld 🌍" }, null),
  choice({}, "stop"),
  "data: [DONE]\n\n",
];

/** The same with the tokens. */
export const EVENTS_WITH_USAGE: readonly string[] = EVENTS.toSpliced(4, 0, USAGE_EVENT);

export const STREAM_HEADERS = { "content-type": "text/event-stream; charset=utf-8" };

/** A chat request as `fetch` options. */
export function chat(more: object = {}): {
  method: string;
  headers: Record<string, string>;
  body: string;
} {
  const body = { model: "m-1", messages: [{ role: "user", content: "Hi" }], ...more };
  return {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-secret" },
    body: JSON.stringify(body),
  };
}
