import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runFlowspan } from "../flowspan-process.ts";
import { NEW, startTestServer } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen } from "./raw-http.ts";

const KEY = "fsk-the-key-of-the-server-0123456789";
const WRONG = "fsk-another-key-that-is-wrong-987654";

/** Wherever a client may put a key by mistake, in a request that fails. */
const MISPLACED: readonly (readonly [where: string, request: (secret: string) => string])[] = [
  ["X-API-KEY", (secret) => get("/v5/flows", `X-API-KEY: ${secret}`)],
  ["a bearer token", (secret) => get("/v5/flows", `Authorization: Bearer ${secret}`)],
  ["basic authorisation", (secret) => get("/v5/flows", `Authorization: Basic ${secret}`)],
  ["a cookie", (secret) => get("/v5/flows", `Cookie: flowspan=${secret}; key=${secret}`)],
  ["the query", (secret) => get(`/v5/flows?api_key=${secret}`)],
  ["the query of nothing", (secret) => get(`/nowhere?api_key=${secret}`)],
  ["the query of a bad URL", (secret) => get(`/v5/logs/%zz?api_key=${secret}`)],
  ["the query of a long URL", (secret) => get(`/v5/logs/${"x".repeat(3_001)}?api_key=${secret}`)],
  ["a user in the target", (secret) => get(`http://${secret}@localhost/v5/flows`)],
  ["the host", (secret) => get("/v5/flows", `X-Forwarded-Host: ${secret}`)],
  ["the encoding", (secret) => post("{}", `X-API-KEY: ${KEY}`, `Content-Encoding: ${secret}`)],
  ["the media type", (secret) => post(secret, `X-API-KEY: ${KEY}`, `Content-Type: ${secret}`)],
  ["a body that is no JSON", (secret) => post(`{"key": ${secret}`, `X-API-KEY: ${KEY}`)],
  ["a bad field", (secret) => post(`{"path": ["${secret}"]}`, `X-API-KEY: ${KEY}`)],
  ["the name of a bad field", (secret) => post(`{"${secret}": 1}`, `X-API-KEY: ${KEY}`)],
  ["no request at all", (secret) => `${secret}\r\nX-API-KEY: ${secret}\r\n\r\n`],
  ["a broken header", (secret) => `${get("/v5/flows").trimEnd()}\r\nX-API-KEY : ${secret}\r\n\r\n`],
];

function get(target: string, ...headers: string[]): string {
  return [`GET ${target} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
}

function post(body: string, ...headers: string[]): string {
  const head = ["POST /v5/flows/log HTTP/1.1", "Host: localhost", `Content-Length: ${body.length}`];
  return [...head, ...headers, "", body].join("\r\n");
}

describe("a key", () => {
  it.each(MISPLACED)("is in no answer, error or metric when it comes in %s", async (_, request) => {
    const errors: unknown[] = [];
    const { port, server } = await listen({ apiKey: KEY, onError: (error) => errors.push(error) });

    // A client's own wrong key, and the right one where it must not be.
    for (const secret of [WRONG, KEY]) {
      const came = await exchange(port, request(secret), 1);
      record(request(secret), inWords(came));
      expect(JSON.stringify(came)).not.toContain(secret);
      expect(came.answers[0]?.head ?? "").not.toContain(secret);
    }
    const metrics = await server.inject({ url: "/metrics", headers: { "x-api-key": KEY } });

    expect(metrics.statusCode).toBe(200);
    for (const told of [metrics.body, JSON.stringify(errors)]) {
      expect(told).not.toContain(KEY);
      expect(told).not.toContain(WRONG);
    }
  });

  it("is in no error of the server's own", async () => {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const { server } = await startTestServer({ apiKey: KEY, onError });
    server.addHook("preHandler", async () => {
      throw new Error("a fault of ours");
    });

    const reply = await server.inject({
      method: "POST",
      url: `/v5/flows/log?api_key=${KEY}`,
      headers: { "x-api-key": KEY },
      payload: { ...NEW.flow, metadata: { key: KEY } },
    });

    record("a request on which the server fails", `${reply.statusCode} ${reply.body}`);
    expect([reply.statusCode, reply.json()]).toEqual([
      500,
      { detail: "Internal server error. Nothing was stored." },
    ]);
    expect(errors.map((error) => (error as Error).message)).toEqual(["a fault of ours"]);
  });

  it("is in no line that the command prints", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "flowspan-secrets-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    const args = ["serve", "--port", "0", "--data", dataDir];
    const { child, ended, ready } = runFlowspan(args, { FLOWSPAN_API_KEY: KEY });
    const port = Number(new URL(await ready()).port);

    for (const [, request] of MISPLACED) await exchange(port, request(KEY), 1);
    child.kill("SIGTERM");
    const { stdout, stderr } = await ended;

    record("every request above, to flowspan serve", `it printed ${stdout}${stderr}`);
    expect(stdout + stderr).not.toContain(KEY);
  });
});
