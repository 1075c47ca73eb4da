import { expect, it } from "vitest";
import { areProxies } from "../../src/http/trusted-proxies.ts";
import { startKeyedServer } from "./keys.ts";

it.each(["loopback", "10.0.0.1", "10.0.0.0/8, ::1", "fd00::/8,uniquelocal", "1.2.3.4/32"])(
  "takes %j as proxies",
  async (text) => {
    const { server } = await startKeyedServer({ trustedProxies: text });

    expect(areProxies(text)).toBe(true);
    expect((await server.inject("/healthz")).statusCode).toBe(200);
  },
);

it.each(["", "everybody", "true", "1", "10.0.0.0/0", "10.0.0.0/33", "::/129", "10.0.0.1,", "a/8"])(
  "does not take %j",
  (text) => {
    expect(areProxies(text)).toBe(false);
  },
);

it("believes a forwarded host of a trusted proxy alone, where a write's origin is checked", async () => {
  const behind = await startKeyedServer({ trustedProxies: "127.0.0.1" });
  const direct = await startKeyedServer();
  const write = {
    method: "POST",
    url: "/v5/flows/log",
    payload: { path: "a" },
    headers: { origin: "https://logs.example.test", "x-forwarded-host": "logs.example.test" },
  } as const;

  const { secret } = await behind.addKey();
  const headers = { ...write.headers, "x-api-key": secret };
  expect((await behind.server.inject({ ...write, headers })).statusCode).toBe(200);
  expect((await direct.server.inject(write)).statusCode).toBe(403);
});

it("lets no forwarded host pass for loopback where no key is", async () => {
  const { server } = await startKeyedServer({ trustedProxies: "127.0.0.1" });
  const headers = { host: "evil.example.test", "x-forwarded-host": "localhost" };

  expect((await server.inject({ url: "/v5/flows", headers })).statusCode).toBe(403);
});
