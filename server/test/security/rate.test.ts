import { describe, expect, it } from "vitest";
import { resolveLimits } from "../../src/http/limits.ts";
import { createRateLimit, networkOf } from "../../src/http/rate-limit.ts";
import { NEW } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { listen } from "./raw-http.ts";

const KEY = "a-key-of-the-tests";

describe("a rate limit", () => {
  function create(perSecond: number, burst: number) {
    const clock = { millis: 1_000 };
    return { clock, rate: createRateLimit({ perSecond, burst, clock: () => clock.millis }) };
  }

  it("takes a burst, then as many a second as it may, and says how long to wait", () => {
    const { clock, rate } = create(10, 3);
    const take = () => rate.take("a");

    expect([take(), take(), take(), take()]).toEqual([undefined, undefined, undefined, 100]);
    clock.millis += 40;
    expect(take()).toBe(60);
    clock.millis += 60;
    expect([take(), take()]).toEqual([undefined, 100]);
  });

  it("saves up no more than its burst", () => {
    const { clock, rate } = create(10, 2);

    clock.millis += 1_000_000;

    expect([rate.take("a"), rate.take("a"), rate.take("a")]).toEqual([undefined, undefined, 100]);
  });

  it("counts each client for itself", () => {
    const { rate } = create(1, 1);

    expect([rate.take("a"), rate.take("b"), rate.take("a")]).toEqual([undefined, undefined, 1_000]);
  });

  it("forgets whom it heard of longest ago, so that strangers fill no memory", () => {
    const { rate } = create(1, 1);
    rate.take("old");
    rate.take("kept");

    for (let n = 0; n < 9_999; n += 1) {
      rate.take(`stranger ${n}`);
      rate.take("kept");
    }

    expect(rate.take("kept")).toBe(1_000);
    expect(rate.take("old")).toBe(undefined);
  });

  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::6", "2001:db8:1:2"],
    ["2001:db8::6", "2001:db8:0:0"],
    ["::1", "0:0:0:0"],
    ["fe80::1%eth0", "fe80:0:0:0"],
  ])("takes the address %s for %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe("a server with a rate", () => {
  const SLOW = { requestsPerSecond: 0.1, requestBurst: 3 };

  async function ask(
    server: Awaited<ReturnType<typeof listen>>["server"],
    key?: string,
    ip?: string,
  ) {
    const headers = {
      ...(key !== undefined && { "x-api-key": key }),
      "x-forwarded-for": "192.0.2.9",
    };
    const reply = await server.inject({ url: "/v5/flows", headers, remoteAddress: ip });
    return [reply.statusCode, reply.headers["retry-after"]];
  }

  it("answers a key's further requests 429 with Retry-After, and goes on with others", async () => {
    const { server } = await listen({ apiKey: KEY, limits: SLOW });

    const came = [];
    for (let n = 0; n < 4; n += 1) came.push(await ask(server, KEY));

    record("4 requests of one key that has 3", came.map(([status]) => status).join(", "));
    expect(came).toEqual([...Array.from({ length: 3 }, () => [200, undefined]), [429, "10"]]);
    expect((await server.inject("/healthz")).statusCode).toBe(200);
  });

  it("counts wrong keys by address, whatever else they name, and no right key with them", async () => {
    const { server } = await listen({ apiKey: KEY, limits: SLOW });

    const guesses = [];
    for (let n = 0; n < 5; n += 1) guesses.push((await ask(server, `guess ${n}`))[0]);

    record("5 wrong keys from one address", guesses.join(", "));
    expect(guesses).toEqual([401, 401, 401, 429, 429]);
    expect(await ask(server, KEY)).toEqual([200, undefined]);
    expect(await ask(server, "guess", "192.0.2.1")).toEqual([401, undefined]);
  });

  it("reads no body of a request that it refuses", async () => {
    const { server } = await listen({ apiKey: KEY, limits: { ...SLOW, requestBurst: 1 } });
    const post = (payload: string) =>
      server.inject({
        method: "POST",
        url: "/v5/flows/log",
        headers: { "x-api-key": KEY },
        payload,
      });

    await post(JSON.stringify(NEW.flow));
    const refused = await post("{");

    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toEqual({ detail: expect.stringContaining("Too many requests") });
  });

  it("has none where no key is needed, unless one is set", async () => {
    const open = await listen({ limits: { requestBurst: 1 } });
    const limited = await listen({ limits: SLOW });

    const many = [];
    for (let n = 0; n < 5; n += 1) many.push((await ask(open.server))[0]);
    const few = [];
    for (let n = 0; n < 4; n += 1) few.push((await ask(limited.server))[0]);

    expect(many).toEqual([200, 200, 200, 200, 200]);
    expect(few).toEqual([200, 200, 200, 429]);
  });

  it("never meets our own delivery with what it has by default", () => {
    const { requestsPerSecond: perSecond, requestBurst: burst } = resolveLimits();
    const clock = { millis: 0 };
    const rate = createRateLimit({ perSecond, burst, clock: () => clock.millis });

    // Four requests in flight for an hour, each answered in 2 ms: far sooner than 500 logs are.
    const waits = new Set<number | undefined>();
    for (; clock.millis < 3_600_000; clock.millis += 2) {
      for (let n = 0; n < 4; n += 1) waits.add(rate.take("key"));
    }

    expect([...waits]).toEqual([undefined]);
  });
});
