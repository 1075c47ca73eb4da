import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { FieldError } from "../../src/domain/api-error.ts";
import { templateInputs } from "../../src/domain/kernel-view.ts";
import { NEW, startTestServer, type TestServer } from "./test-server.ts";

/** Far more than any of these takes, and far less than each took before it was bounded. */
const SOON_MILLIS = 2_000;

async function post(
  { server }: TestServer,
  url: string,
  payload: string | Buffer,
  headers: Record<string, string> = {},
) {
  const startMillis = performance.now();
  const reply = await server.inject({ method: "POST", url, payload, headers });
  return {
    status: reply.statusCode,
    detail: reply.json().detail as FieldError[],
    millis: performance.now() - startMillis,
  };
}

describe("a hostile body is answered soon", () => {
  it("where millions of lists are open in one another", async () => {
    const server = await startTestServer();
    const levels = 8_000_000;

    const reply = await post(server, "/v5/flows/log", "[".repeat(levels) + "]".repeat(levels));

    expect(reply.detail).toMatchObject([{ loc: ["body"], type: "json_too_deep" }]);
    expect(reply.millis).toBeLessThan(SOON_MILLIS);
  });

  it.each([
    ["messages", { role: "user" }, ["role"]],
    ["batches", "id", []],
  ])(
    "where a million items of %s are wrong: the first ones are named",
    async (name, good, below) => {
      const server = await startTestServer();
      const wrong = name === "messages" ? "{}," : "1,";
      const items = `${JSON.stringify(good)},${wrong.repeat(500_000)}${JSON.stringify(good)}`;

      const reply = await post(server, "/v5/flows/log", `{"path":"f","${name}":[${items}]}`);

      expect(reply.status).toBe(422);
      expect(reply.detail.map(({ loc }) => loc)).toEqual(
        Array.from({ length: 10 }, (_, index) => ["body", name, index + 1, ...below]),
      );
      expect(reply.millis).toBeLessThan(SOON_MILLIS);
    },
  );

  it("where a batch has more logs than it may: none is taken", async () => {
    const server = await startTestServer();
    const log = JSON.stringify({ op: "create", type: "flow", path: "f" });

    const reply = await post(
      server,
      "/v5/logs/batch",
      `{"logs":[${log}${",1".repeat(1_000_000)}]}`,
    );

    expect(reply.status).toBe(413);
    expect(reply.millis).toBeLessThan(SOON_MILLIS);
    expect((await server.get("files")).body.total).toBe(0);
  });

  it("where a path is all slashes", async () => {
    const server = await startTestServer();

    const path = `a${"/".repeat(60_000)}b`;
    const reply = await post(server, "/v5/files/retrieve-by-path", JSON.stringify({ path }));

    expect(reply.detail).toMatchObject([{ loc: ["body", "path"], type: "string_too_long" }]);
    expect(reply.millis).toBeLessThan(SOON_MILLIS);
  });

  it("where a template opens a variable and goes on with spaces", () => {
    const startMillis = performance.now();

    expect(templateInputs({ template: `{{${" ".repeat(3_000)}` })).toEqual([]);
    expect(performance.now() - startMillis).toBeLessThan(SOON_MILLIS);
  });
});

describe("text that isn't Unicode", () => {
  it("is refused as a body, not stored as something else", async () => {
    const server = await startTestServer();
    const [before = "", after = ""] = JSON.stringify({ ...NEW.flow, output: "|" }).split("|");
    const body = Buffer.concat([Buffer.from(before), Buffer.of(0xff, 0xfe), Buffer.from(after)]);

    const reply = await post(server, "/v5/flows/log", body);

    expect(reply.status).toBe(422);
    expect(reply.detail).toMatchObject([{ loc: ["body"], type: "json_invalid" }]);
  });

  it("is refused as an id or a path, and kept in a payload", async () => {
    const server = await startTestServer();
    const half = "a\ud800";

    const id = await server.post("flows/log", { ...NEW.flow, log_id: half });
    const path = await server.post("flows/log", { path: half });
    const { id: kept } = await server.log("flow", { ...NEW.flow, output: half });

    expect([id.status, path.status]).toEqual([422, 422]);
    expect((await server.read(kept)).output).toBe(half);
  });
});

it("takes the name of an encoding in any letters", async () => {
  const server = await startTestServer();
  const body = gzipSync(JSON.stringify(NEW.flow));

  const reply = await post(server, "/v5/flows/log", body, { "content-encoding": "GZIP" });

  expect(reply.status).toBe(200);
});
