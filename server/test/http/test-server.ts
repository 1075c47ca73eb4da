import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";
import { createServer, type ServerOptions } from "../../src/http/create-server.ts";
import { openStore } from "../../src/store/sqlite/open-store.ts";

/** The time the tests' servers start at. */
export const START = Date.parse("2026-01-02T03:04:05.000Z");

export type Json = Record<string, unknown>;

export interface Answer<T = Json> {
  readonly status: number;
  readonly body: T;
}

/** A server on an empty store, asked without a port, closed when the test is finished. */
export interface TestServer {
  readonly server: FastifyInstance;
  readonly clock: { millis: number };
  get<T = Json>(path: string): Promise<Answer<T>>;
  post<T = Json>(path: string, body: unknown): Promise<Answer<T>>;
  patch<T = Json>(path: string, body: unknown): Promise<Answer<T>>;
  delete(path: string): Promise<Answer>;
  /** Posts and expects success; gives the answer's body. */
  log(type: string, body: Json): Promise<Record<string, string>>;
  /** Reads a log back. */
  read(logId: string | undefined): Promise<LogView>;
}

export interface LogView extends Json {
  readonly id: string;
  readonly trace_children: LogView[];
}

export async function startTestServer(
  options: Partial<Omit<ServerOptions, "store">> = {},
): Promise<TestServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "flowspan-test-"));
  const clock = { millis: START };
  const store = await openStore({ dataDir });
  const server = createServer({ store, clock: () => clock.millis, ...options });
  onTestFinished(async () => {
    await server.close();
    await store.close();
    rmSync(dataDir, { recursive: true });
  });

  async function ask<T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown) {
    const url = path.startsWith("/api") || path.startsWith("/v5") ? path : `/v5/${path}`;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const reply = await server.inject({ method, url, payload });
    return { status: reply.statusCode, body: (reply.body ? reply.json() : {}) as T };
  }

  return {
    server,
    clock,
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body),
    patch: (path, body) => ask("PATCH", path, body),
    delete: (path) => ask("DELETE", path),
    log: async (type, body) => {
      const { status, body: answer } = await ask<Record<string, string>>(
        "POST",
        `${type}s/log`,
        body,
      );
      if (status !== 200) throw new Error(`${type} log: ${status} ${JSON.stringify(answer)}`);
      return answer;
    },
    read: async (logId) => {
      const { status, body } = await ask<LogView>(
        "GET",
        `logs/${encodeURIComponent(String(logId))}`,
      );
      if (status !== 200) throw new Error(`read: ${status} ${JSON.stringify(body)}`);
      return body;
    },
  };
}

/** The fields every new log needs. */
export const NEW = {
  prompt: { path: "test/prompt", prompt: { model: "gpt-4o" } },
  flow: { path: "test/flow", flow: { attributes: {} } },
  tool: { path: "test/tool", tool: { function: { name: "add", description: "Adds." } } },
} as const;
