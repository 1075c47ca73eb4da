import { describe, expect, it } from "vitest";
import { NEW, startTestServer } from "./test-server.ts";

const KEY = "a-key-of-the-tests";

describe("a server with a key", () => {
  it.each([
    ["no key", {}, 401],
    ["a wrong key", { "x-api-key": "wrong" }, 401],
    ["a part of the key", { "x-api-key": KEY.slice(0, -1) }, 401],
    ["the key", { "x-api-key": KEY }, 200],
    ["the key as a bearer token", { authorization: `Bearer ${KEY}` }, 200],
    ["a wrong bearer token", { authorization: "Bearer wrong" }, 401],
  ])("answers %s", async (_, headers, status) => {
    const { server } = await startTestServer({ apiKey: KEY });

    for (const url of ["/v5/flows", "/api/traces"]) {
      const reply = await server.inject({ url, headers });
      expect(reply.statusCode).toBe(status);
      expect(reply.headers["flowspan-batch"]).toBe("1");
      if (status === 401) {
        expect(reply.json()).toEqual({ detail: expect.stringContaining("API key") });
        expect(reply.body).not.toContain(KEY);
      }
    }
  });

  it.each(["/%76%35/flows", "/v5/nowhere", "/v5/logs/x", "/%61pi/traces"])(
    "asks for it at %s",
    async (url) => {
      const { server } = await startTestServer({ apiKey: KEY });

      expect((await server.inject(url)).statusCode).toBe(401);
    },
  );

  it("checks the key before it reads the body", async () => {
    const { server } = await startTestServer({ apiKey: KEY });

    const reply = await server.inject({ method: "POST", url: "/v5/flows/log", payload: "{" });

    expect(reply.statusCode).toBe(401);
  });

  it("answers any host, and tells machines that it is up without a key", async () => {
    const { server } = await startTestServer({ apiKey: KEY });

    const headers = { host: "logs.example.test", "x-api-key": KEY };
    expect((await server.inject({ url: "/v5/flows", headers })).statusCode).toBe(200);
    expect((await server.inject("/healthz")).statusCode).toBe(200);
  });
});

describe("a server without a key", () => {
  it.each([
    ["127.0.0.1:4319", 200],
    ["localhost", 200],
    ["LOCALHOST:80", 200],
    ["app.localhost:4319", 200],
    ["[::1]:4319", 200],
    ["127.1.2.3", 200],
    ["evil.example.test", 403],
    ["127.0.0.1.evil.test", 403],
    ["localhost.evil.test:4319", 403],
    ["10.0.0.1", 403],
    ["[::2]", 403],
  ])("answers the host %s with %s", async (host, status) => {
    const { server } = await startTestServer();

    for (const url of ["/v5/flows", "/api/traces", "/nowhere"]) {
      const reply = await server.inject({ url, headers: { host } });
      expect(reply.statusCode).toBe(status === 200 && url === "/nowhere" ? 404 : status);
    }
  });
});

describe("a write from a browser", () => {
  it.each([
    [undefined, 200],
    ["http://localhost:80", 200],
    ["http://localhost", 200],
    ["http://localhost:3000", 403],
    ["https://evil.example.test", 403],
    ["null", 403],
  ])("of the origin %s is answered %s", async (origin, status) => {
    const { server } = await startTestServer();

    const reply = await server.inject({
      method: "POST",
      url: "/v5/flows/log",
      headers: { host: "localhost", ...(origin !== undefined && { origin }) },
      payload: NEW.flow,
    });

    expect(reply.statusCode).toBe(status);
  });

  it("is refused where a read is not", async () => {
    const { server } = await startTestServer();
    const headers = { origin: "https://evil.example.test" };

    expect((await server.inject({ url: "/v5/flows", headers })).statusCode).toBe(200);
    expect(
      (await server.inject({ method: "DELETE", url: "/v5/logs?id=a", headers })).statusCode,
    ).toBe(403);
  });
});
