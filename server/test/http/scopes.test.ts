import { describe, expect, it } from "vitest";
import { type KeyedServer, startKeyedServer } from "./keys.ts";
import { NEW } from "./test-server.ts";

const DAY_MILLIS = 86_400_000;

async function ask({ server }: KeyedServer, url: string, key?: string) {
  return server.inject({ url, headers: key === undefined ? {} : { "x-api-key": key } });
}

describe("a stored key", () => {
  it("closes a server that was open to this machine, from the next request on", async () => {
    const keyed = await startKeyedServer();
    const before = await ask(keyed, "/v5/flows");

    const { secret } = await keyed.addKey();

    expect(before.statusCode).toBe(200);
    expect((await ask(keyed, "/v5/flows")).statusCode).toBe(401);
    expect((await ask(keyed, "/api/traces")).statusCode).toBe(401);
    expect((await ask(keyed, "/metrics")).statusCode).toBe(401);
    expect((await ask(keyed, "/v5/flows", secret)).statusCode).toBe(200);
    expect((await ask(keyed, "/healthz")).statusCode).toBe(200);
  });

  it("is taken as X-API-KEY and as a bearer token, and nowhere else", async () => {
    const keyed = await startKeyedServer();
    const { secret } = await keyed.addKey();
    const status = async (headers: Record<string, string>, url = "/v5/flows") =>
      (await keyed.server.inject({ url, headers })).statusCode;

    expect(await status({ "x-api-key": secret })).toBe(200);
    expect(await status({ authorization: `bearer ${secret}` })).toBe(200);
    expect(await status({ authorization: secret })).toBe(401);
    expect(await status({ authorization: `Basic ${secret}` })).toBe(401);
    expect(await status({ cookie: `flowspan_session=${secret}` })).toBe(401);
    expect(await status({}, `/v5/flows?api_key=${secret}`)).toBe(401);
  });

  it("that is missing, unknown, revoked or expired gets one and the same answer", async () => {
    const keyed = await startKeyedServer();
    const revoked = await keyed.addKey();
    await keyed.store.keys.revokeKey(revoked.id, 1);
    const expired = await keyed.addKey({ expiresDays: 1 });
    keyed.clock.millis += DAY_MILLIS;
    const unknown = `${expired.secret.slice(0, -1)}-`;

    const keys = [undefined, "", "x", unknown, revoked.secret, expired.secret, revoked.id];
    const replies = await Promise.all(keys.map((key) => ask(keyed, "/v5/flows", key)));

    for (const reply of replies) {
      expect(reply.statusCode).toBe(401);
      expect(reply.body).toBe(replies[0]?.body);
    }
  });

  it("ends to the millisecond, and at once when it is revoked, also elsewhere", async () => {
    const keyed = await startKeyedServer();
    const { secret, id } = await keyed.addKey({ expiresDays: 2 });

    keyed.clock.millis += 2 * DAY_MILLIS - 1;
    expect((await ask(keyed, "/v5/flows", secret)).statusCode).toBe(200);
    keyed.clock.millis += 1;
    expect((await ask(keyed, "/v5/flows", secret)).statusCode).toBe(401);
    keyed.clock.millis -= 1;
    await keyed.store.keys.revokeKey(id, 1);
    expect((await ask(keyed, "/v5/flows", secret)).statusCode).toBe(401);
  });

  it("leaves the server closed when the last one is revoked", async () => {
    const keyed = await startKeyedServer();
    const { id } = await keyed.addKey();

    await keyed.store.keys.revokeKey(id, 1);

    expect((await ask(keyed, "/v5/flows")).statusCode).toBe(401);
  });

  it("stands beside --api-key, and what is stored of a key counts for more", async () => {
    const open = await startKeyedServer();
    const { secret } = await open.addKey({ project: "other", scopes: ["read"] });
    const keyed = await startKeyedServer({ store: open.store, apiKey: secret });
    const both = await startKeyedServer({ apiKey: "configured" });
    const stored = await both.addKey();

    const write = { method: "POST", url: "/v5/flows/log", payload: NEW.flow } as const;
    const headers = { "x-api-key": secret };
    expect((await keyed.server.inject({ ...write, headers })).statusCode).toBe(403);
    expect((await ask(both, "/v5/flows", "configured")).statusCode).toBe(200);
    expect((await ask(both, "/v5/flows", stored.secret)).statusCode).toBe(200);
    expect((await ask(both, "/v5/flows", "other")).statusCode).toBe(401);
  });

  it("is asked for where none is there yet, when the server says so", async () => {
    const keyed = await startKeyedServer({ requireKey: true });

    expect((await ask(keyed, "/v5/flows")).statusCode).toBe(401);
    const { secret } = await keyed.addKey();
    expect((await ask(keyed, "/v5/flows", secret)).statusCode).toBe(200);
  });

  it("is kept as a hash only, and its use is noted once a minute at most", async () => {
    const keyed = await startKeyedServer();
    const { secret, id } = await keyed.addKey();
    const use = async () => {
      await Promise.all([1, 2, 3].map(() => ask(keyed, "/v5/flows", secret)));
      // Waits for the write behind the requests: writes take turns.
      await keyed.store.keys.deleteSession("none");
      const key = await keyed.store.keys.findKey(id);
      return (key?.lastUsedMicros ?? 0) / 1_000;
    };
    const start = keyed.clock.millis;

    expect(await use()).toBe(start);
    keyed.clock.millis = start + 59_999;
    expect(await use()).toBe(start);
    keyed.clock.millis = start + 60_000;
    expect(await use()).toBe(start + 60_000);

    const kept = JSON.stringify(await keyed.store.keys.listKeys());
    expect(kept).toContain(id);
    expect(kept).not.toContain(secret.slice(4));
  });

  it("has no letter that a mask would miss, 256 random bits, and is new each time", async () => {
    const keyed = await startKeyedServer();

    const keys = await Promise.all(Array.from({ length: 50 }, () => keyed.addKey()));

    for (const { secret } of keys) expect(secret).toMatch(/^fsk_[0-9A-Za-z]{43}$/);
    expect(new Set(keys.map(({ secret }) => secret)).size).toBe(50);
  });
});

describe("a key's scopes", () => {
  const body = { ...NEW.flow, log_id: "log" };
  const READS = [
    ["GET", "/v5/flows", undefined],
    ["HEAD", "/v5/flows", undefined],
    ["GET", "/v5/logs/log", undefined],
    ["GET", "/api/traces", undefined],
    ["GET", "/metrics", undefined],
    ["POST", "/v5/files/retrieve-by-path", { path: NEW.flow.path }],
  ] as const;
  const WRITES = [
    ["POST", "/v5/flows/log", body],
    ["POST", "/v5/logs/batch", { logs: [{ op: "create", type: "flow", ...body }] }],
    ["PATCH", "/v5/flows/logs/log", { output: "x" }],
    ["POST", "/v5/environments", { name: "staging" }],
    ["DELETE", "/v5/logs?id=log", undefined],
  ] as const;
  const BOTH = [["POST", "/v5/flows", { path: NEW.flow.path, attributes: {} }]] as const;
  const DEPLOY = ["POST", "/v5/flows/f/environments/e?version_id=v", undefined] as const;

  it.each([
    ["read", ["read"], 200, 403, 403],
    ["write", ["write"], 403, 200, 403],
    ["read and write", ["read", "write"], 200, 200, 200],
  ] as const)(
    "%s: what it may is done, anything else is 403",
    async (_, scopes, reads, writes, both) => {
      const keyed = await startKeyedServer();
      const owner = await keyed.addKey();
      const { secret } = await keyed.addKey({ scopes });
      const headers = { "x-api-key": owner.secret };
      await keyed.server.inject({ method: "POST", url: "/v5/flows/log", headers, payload: body });

      const statusOf = async ([method, url, payload]: readonly [
        string,
        string,
        object | undefined,
      ]) => {
        const asked = { method: method as "GET", url, payload, headers: { "x-api-key": secret } };
        const { statusCode } = await keyed.server.inject(asked);
        return statusCode === 204 ? 200 : statusCode;
      };
      for (const each of READS) expect([each, await statusOf(each)]).toEqual([each, reads]);
      for (const each of WRITES) expect([each, await statusOf(each)]).toEqual([each, writes]);
      for (const each of BOTH) expect([each, await statusOf(each)]).toEqual([each, both]);
      expect(await statusOf(DEPLOY)).toBe(both === 200 ? 404 : both);
    },
  );

  it("write alone: a changed log is answered with its ids, not with what others put in", async () => {
    const keyed = await startKeyedServer();
    const owner = await keyed.addKey();
    const writer = await keyed.addKey({ scopes: ["write"] });
    const patch = (secret: string) =>
      keyed.server.inject({
        method: "PATCH",
        url: "/v5/flows/logs/log",
        headers: { "x-api-key": secret },
        payload: {},
      });
    await keyed.server.inject({
      method: "POST",
      url: "/v5/flows/log",
      headers: { "x-api-key": owner.secret },
      payload: { ...body, output: "of somebody else" },
    });

    const full = (await patch(owner.secret)).json();
    const ids = (await patch(writer.secret)).json();

    expect(full.output).toBe("of somebody else");
    expect(ids).toEqual({ id: "log", flow_id: full.flow_id, version_id: full.version_id });
  });
});
