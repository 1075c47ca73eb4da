import type { InjectOptions } from "fastify";
import { describe, expect, it } from "vitest";
import { createCallers, SESSION_MILLIS } from "../../src/domain/callers.ts";
import { type KeyedServer, startKeyedServer } from "./keys.ts";
import { NEW } from "./test-server.ts";

const OWN_PAGE = { "x-flowspan-csrf": "1", "sec-fetch-site": "same-origin" };

function signIn({ server }: KeyedServer, key: string, headers: Record<string, string> = OWN_PAGE) {
  return server.inject({ method: "POST", url: "/api/session", headers, payload: { key } });
}

/** Signs in, and gives the Cookie header that a browser would send from then on. */
async function cookieOf(keyed: KeyedServer, key: string): Promise<string> {
  const reply = await signIn(keyed, key);
  expect(reply.statusCode).toBe(204);
  return String(reply.headers["set-cookie"]).split(";")[0] ?? "";
}

async function statusOf({ server }: KeyedServer, cookie: string, more: InjectOptions = {}) {
  const headers = { cookie, "sec-fetch-site": "same-origin" };
  return (await server.inject({ url: "/api/traces", headers, ...more })).statusCode;
}

describe("signing in to the viewer", () => {
  it("keeps a random token in a cookie that no script reads and no other site sends", async () => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey();

    const replies = [await signIn(keyed, secret), await signIn(keyed, secret)];

    for (const reply of replies) {
      expect(reply.headers["set-cookie"]).toMatch(
        /^flowspan_session=fss_[0-9A-Za-z]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
      );
      expect(reply.headers["set-cookie"]).not.toContain(secret.slice(4));
      expect(reply.headers["cache-control"]).toBe("no-store");
      expect(reply.body).toBe("");
    }
    expect(replies[0]?.headers["set-cookie"]).not.toBe(replies[1]?.headers["set-cookie"]);
  });

  it("says Secure and __Host- by https, and believes nobody but a trusted proxy that it is", async () => {
    const behind = await startKeyedServer({ trustedProxies: "127.0.0.1" });
    const { secret } = await behind.addKey();
    const direct = await startKeyedServer({ store: behind.store });
    const headers = { ...OWN_PAGE, "x-forwarded-proto": "https" };
    const cookieFrom = async (keyed: KeyedServer) =>
      String((await signIn(keyed, secret, headers)).headers["set-cookie"]);

    expect(await cookieFrom(behind)).toMatch(/^__Host-flowspan_session=.*; Path=\/; .*; Secure$/);
    expect(await cookieFrom(direct)).toMatch(/^flowspan_session=(?!.*Secure)/);

    const [secure = ""] = (await cookieFrom(behind)).split(";");
    const read = (cookie: string, more: Record<string, string>) =>
      behind.server.inject({ url: "/api/traces", headers: { cookie, ...more } });
    const https = { "x-forwarded-proto": "https" };
    expect((await read(secure, https)).statusCode).toBe(200);
    // A cookie without the prefix may be from anybody who can set one for this host.
    expect((await read(secure.replace("__Host-", ""), https)).statusCode).toBe(401);
  });

  it.each([
    ["without the page's header", { "sec-fetch-site": "same-origin" }],
    ["from another site", { ...OWN_PAGE, "sec-fetch-site": "cross-site" }],
    ["from another port of this host", { ...OWN_PAGE, "sec-fetch-site": "same-site" }],
    ["from another origin", { "x-flowspan-csrf": "1", origin: "https://evil.example.test" }],
    ["from no origin", { "x-flowspan-csrf": "1", origin: "null" }],
  ])("is refused %s, and so is signing out", async (_, headers) => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey();
    const cookie = await cookieOf(keyed, secret);

    const refused = await signIn(keyed, secret, headers);
    const signOut = { method: "DELETE", url: "/api/session" } as const;
    const stayed = await keyed.server.inject({ ...signOut, headers: { ...headers, cookie } });

    expect(refused.statusCode).toBe(403);
    expect(refused.headers["set-cookie"]).toBeUndefined();
    expect(stayed.statusCode).toBe(403);
    expect(await statusOf(keyed, cookie)).toBe(200);
  });

  it("takes no key that is unknown, revoked, expired or may not read", async () => {
    const keyed = await startKeyedServer();
    const revoked = await keyed.addKey();
    await keyed.store.keys.revokeKey(revoked.id, 1);
    const writer = await keyed.addKey({ scopes: ["write"] });

    const statuses = [];
    for (const key of ["x", "", revoked.secret, writer.secret]) {
      const reply = await signIn(keyed, key);
      expect(reply.headers["set-cookie"]).toBeUndefined();
      statuses.push(reply.statusCode);
    }

    expect(statuses).toEqual([401, 401, 401, 403]);
  });

  it("is slowed for an address that tries many keys, however they come, and for no other", async () => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey();
    const from = (remoteAddress: string, key: string) =>
      keyed.server.inject({
        method: "POST",
        url: "/api/session",
        headers: OWN_PAGE,
        payload: { key },
        remoteAddress,
      });

    const tries = await Promise.all(Array.from({ length: 30 }, () => from("10.0.0.1", "x")));
    const slowed = await from("10.0.0.1", secret);
    const other = await from("10.0.0.2", secret);

    expect(tries.filter(({ statusCode }) => statusCode === 401)).toHaveLength(10);
    expect(tries.filter(({ statusCode }) => statusCode === 429)).toHaveLength(20);
    expect(slowed.statusCode).toBe(429);
    expect(Number(slowed.headers["retry-after"])).toBeGreaterThan(0);
    expect(other.statusCode).toBe(204);
  });
});

describe("a session", () => {
  it("reads its key's project, and does nothing else", async () => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey({ project: "mine" });
    const other = await keyed.addKey();
    const cookie = await cookieOf(keyed, secret);
    const post = (headers: Record<string, string>, id: string) =>
      keyed.server.inject({
        method: "POST",
        url: "/v5/flows/log",
        headers,
        payload: { ...NEW.flow, log_id: id },
      });
    await post({ "x-api-key": secret }, "mine");
    await post({ "x-api-key": other.secret }, "theirs");

    const headers = { cookie, ...OWN_PAGE };
    const traces = await keyed.server.inject({ url: "/api/traces", headers });
    const byPath = { method: "POST", url: "/v5/files/retrieve-by-path", headers } as const;

    expect(traces.json().traces.map(({ id }: { id: string }) => id)).toEqual(["mine"]);
    expect((await post(headers, "new")).statusCode).toBe(403);
    expect((await keyed.server.inject({ ...byPath, payload: NEW.flow })).statusCode).toBe(200);
    for (const method of ["PATCH", "DELETE"] as const) {
      const url = method === "PATCH" ? "/v5/flows/logs/mine" : "/v5/logs?id=mine";
      const reply = await keyed.server.inject({ method, url, headers, payload: {} });
      expect(reply.statusCode).toBe(403);
    }
  });

  it("is no use to another page, which is refused whatever it asks", async () => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey();
    const cookie = await cookieOf(keyed, secret);
    const byPath = {
      method: "POST",
      url: "/v5/files/retrieve-by-path",
      payload: NEW.flow,
    } as const;

    for (const site of ["cross-site", "same-site"]) {
      expect(await statusOf(keyed, cookie, { headers: { cookie, "sec-fetch-site": site } })).toBe(
        403,
      );
    }
    expect(await statusOf(keyed, cookie, { headers: { cookie, "sec-fetch-site": "none" } })).toBe(
      200,
    );
    expect(await statusOf(keyed, cookie, { ...byPath, headers: { cookie } })).toBe(403);
  });

  it("ends after twelve hours, and then is not kept", async () => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey();
    const cookie = await cookieOf(keyed, secret);

    keyed.clock.millis += SESSION_MILLIS - 1;
    expect(await statusOf(keyed, cookie)).toBe(200);
    keyed.clock.millis += 1;
    expect(await statusOf(keyed, cookie)).toBe(401);
  });

  it("ends with its key: revoked, expired, or another --api-key", async () => {
    const keyed = await startKeyedServer({ apiKey: "first" });
    const revoked = await keyed.addKey();
    const expired = await keyed.addKey({ expiresDays: 1 });
    keyed.clock.millis += 86_400_000 - 1_000;
    const cookies = [
      await cookieOf(keyed, revoked.secret),
      await cookieOf(keyed, expired.secret),
      await cookieOf(keyed, "first"),
    ];
    const statuses = async (on: KeyedServer) =>
      Promise.all(cookies.map((cookie) => statusOf(on, cookie)));
    expect(await statuses(keyed)).toEqual([200, 200, 200]);

    await keyed.store.keys.revokeKey(revoked.id, 1);
    expect(await statuses(keyed)).toEqual([401, 200, 200]);
    keyed.clock.millis += 1_000;
    expect(await statuses(keyed)).toEqual([401, 401, 200]);
    const restarted = await startKeyedServer({ store: keyed.store, apiKey: "second" });
    restarted.clock.millis = keyed.clock.millis;
    expect(await statuses(restarted)).toEqual([401, 401, 401]);
  });

  it("is known to every server on the store, and ends for all when one signs out", async () => {
    const one = await startKeyedServer();
    const two = await startKeyedServer({ store: one.store });
    const { secret } = await one.addKey();
    const cookie = await cookieOf(one, secret);
    const headers = { ...OWN_PAGE, cookie };
    const state = async () => (await two.server.inject({ url: "/api/session", headers })).json();

    expect(await statusOf(two, cookie)).toBe(200);
    expect(await state()).toEqual({ key_needed: true, signed_in: true });
    const left = await two.server.inject({ method: "DELETE", url: "/api/session", headers });

    expect(left.statusCode).toBe(204);
    expect(left.headers["set-cookie"]).toMatch(/^flowspan_session=; Max-Age=0; Path=\/; HttpOnly/);
    expect(await statusOf(one, cookie)).toBe(401);
    expect(await state()).toEqual({ key_needed: true, signed_in: false });
  });

  it("gives way to a key that is sent with it", async () => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey();
    const cookie = await cookieOf(keyed, secret);

    expect(await statusOf(keyed, cookie, { headers: { cookie, "x-api-key": "wrong" } })).toBe(401);
    expect(await statusOf(keyed, cookie, { headers: { cookie: `a=b; ${cookie}; c` } })).toBe(200);
  });

  it("leaves nothing in the store that signs in, neither its token nor the key", async () => {
    const keyed = await startKeyedServer({ apiKey: "configured" });
    const hashes: string[] = [];
    const keys = {
      ...keyed.store.keys,
      insertSession: async ({ hash }: { hash: string }) => void hashes.push(hash),
    };
    const options = { keys, clock: Date.now, requireKey: true, onError: () => undefined };
    const callers = createCallers({ ...options, apiKey: "configured" });
    const caller = await callers.byKey("configured");
    if (caller === undefined) throw new Error("expected the configured key to be taken");

    const token = await callers.openSession("configured", caller);

    expect(hashes).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(hashes[0]).not.toContain(token);
    expect(await keyed.store.keys.listKeys()).toEqual([]);
  });

  it("is not asked for where no key is, and a key that nobody made signs nobody in", async () => {
    const keyed = await startKeyedServer();
    const state = await keyed.server.inject({ url: "/api/session" });

    expect(state.json()).toEqual({ key_needed: false, signed_in: false });
    expect((await signIn(keyed, "any")).statusCode).toBe(401);
  });
});
