import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { NEW } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { type Came, exchange, inWords, listen, open, receive } from "./raw-http.ts";

const MIB = 1_024 * 1_024;

/** Longer than any of these tests takes: what ends a connection here is another limit. */
const PATIENT = { stalledMillis: 60_000, requestMillis: 60_000, headersMillis: 60_000 };

function head(bytes: number, more: string = "", path: string = "/v5/flows/log"): string {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n${more}\r\n`;
}

function post(body: Buffer | string, more?: string, path?: string): Buffer {
  const bytes = Buffer.from(body);
  return Buffer.concat([Buffer.from(head(bytes.length, more, path)), bytes]);
}

const LOG = JSON.stringify(NEW.flow);

describe("the bodies of all requests at once", () => {
  it("are bounded: past the limit one is refused before it is read, until another is done", async () => {
    const { port } = await listen({ limits: { ...PATIENT, inflightBytes: 10 * MIB } });
    const large = Buffer.from(JSON.stringify({ ...NEW.flow, output: "x".repeat(8 * MIB) }));
    const first = await open(port);
    const firstCame = receive(first, 1);
    first.write(head(large.length));
    first.write(large.subarray(0, 8 * MIB));

    // Its head alone: what a refused client goes on sending may lose it the answer.
    const refused = await settle(() => soon(exchange(port, head(4 * MIB), 1)), 503);
    const small = await exchange(port, post(LOG), 1);
    first.write(large.subarray(8 * MIB));
    const { answers } = await firstCame;
    const later = await exchange(port, post(large), 1);

    record("4 MiB while 8 of 10 MiB are read", inWords(refused));
    expect(refused.answers[0]?.head).toMatch(/\r\nretry-after: 1\r\n/i);
    expect([small, { answers }, later].map((came) => came.answers[0]?.status)).toEqual([
      200, 200, 200,
    ]);
  });

  it("count what came, not what was announced", async () => {
    const { port } = await listen({ limits: { ...PATIENT, inflightBytes: 10 * MIB } });
    for (let count = 0; count < 20; count += 1) (await open(port)).write(head(9 * MIB));

    const came = await exchange(port, post(LOG), 1);

    record("20 heads that announce 9 of 10 MiB, then a log", inWords(came));
    expect(came.answers[0]?.status).toBe(200);
  });

  it("hold no more than the limit, and the server no more than a few times that", async () => {
    const { port, server } = await listen({ limits: { ...PATIENT, inflightBytes: 32 * MIB } });
    const before = process.memoryUsage().rss;
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 20);
    const part = Buffer.alloc(MIB, 0x20);

    const statuses = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const socket = await open(port);
        const came = receive(socket, 1);
        socket.write(head(17 * MIB));
        for (let sent = 0; sent < 16; sent += 1) {
          await new Promise((resolve) => socket.write(part, resolve));
        }
        // The last part never comes: what was sent stays where it is.
        setTimeout(() => socket.destroy(), 3_000);
        return (await came).answers[0]?.status;
      }),
    );
    clearInterval(watch);

    const refused = statuses.filter((status) => status === 503);
    record("20 bodies of 16 MiB at once that never end, of 32", `${refused.length} times 503`);
    record("the process grew meanwhile, in MiB, with its clients", String(Math.round(most / MIB)));
    expect(refused.length).toBeGreaterThan(0);
    // All of it together would be 320 MiB, in the server alone.
    expect(most).toBeLessThan(250 * MIB);
    expect(
      (await server.inject({ method: "POST", url: "/v5/flows/log", payload: LOG })).statusCode,
    ).toBe(200);
  });

  it("count as they are unpacked, and are given back when the client goes", async () => {
    const { port } = await listen({ limits: { ...PATIENT, inflightBytes: 4 * MIB } });
    const bomb = gzipSync(Buffer.alloc(8 * MIB, 0x20));

    const { answers } = await exchange(port, post(bomb, "Content-Encoding: gzip\r\n"), 1);
    for (let count = 0; count < 5; count += 1) {
      const gone = await open(port);
      await new Promise((resolve) =>
        gone.write(Buffer.concat([Buffer.from(head(4 * MIB)), Buffer.alloc(3 * MIB)]), resolve),
      );
      gone.destroy();
    }

    const after = await settle(
      () => exchange(port, post(JSON.stringify({ ...NEW.flow, output: "x".repeat(3 * MIB) })), 1),
      200,
    );
    record("a gzip of 8 MiB, of 4", String(answers[0]?.status));
    expect([answers[0]?.status, after.answers[0]?.status]).toEqual([413, 200]);
  });

  it.each([
    ["lists", "[],"],
    ["objects", "{},"],
    ["numbers", "1,"],
  ])(
    "count as what they are in memory: millions of %s are refused before they are",
    async (what, value) => {
      const { port } = await listen();
      const body = Buffer.concat([Buffer.from("["), Buffer.alloc(60 * MIB, value)]);

      const before = process.memoryUsage().rss;
      const came = await exchange(port, post(body), 1);
      const grown = process.memoryUsage().rss - before;

      record(`60 MiB of ${what}`, inWords(came));
      expect(came.answers[0]?.status).toBe(413);
      expect(grown).toBeLessThan(500 * MIB);
    },
  );
});

describe("a body that nobody showed a key for", () => {
  it.each([
    ["/nowhere", 404],
    ["/healthz", 404],
    ["/v5/flows/log", 401],
    ["/v5/nowhere", 401],
    ["/api/session", 413],
  ])("is not read at %s", async (path, status) => {
    const { port } = await listen({ apiKey: "k", limits: PATIENT });
    const more = path === "/api/session" ? "x-flowspan-csrf: 1\r\n" : "";

    const { answers } = await exchange(port, `${head(60 * MIB, more, path)}{`, 1);

    record(`the start of 60 MiB to ${path}`, String(answers[0]?.status));
    expect(answers[0]?.status).toBe(status);
  });

  it("is not unpacked at the sign-in", async () => {
    const { port } = await listen({ apiKey: "k" });
    const bomb = gzipSync(`${" ".repeat(MIB)}{"key":"k"}`);

    const { answers } = await exchange(
      port,
      post(bomb, "x-flowspan-csrf: 1\r\nContent-Encoding: gzip\r\n", "/api/session"),
      1,
    );

    record("a gzip of 1 MiB to the sign-in", String(answers[0]?.status));
    expect(answers[0]?.status).toBe(413);
  });
});

/** What comes within half a second: a body that is let in is waited for. */
function soon(coming: Promise<Came>): Promise<Came> {
  const nothing: Came = { answers: [], isClosed: false };
  return Promise.race([
    coming,
    new Promise<Came>((resolve) => setTimeout(() => resolve(nothing), 500)),
  ]);
}

/** Asks again until the answer is what it becomes once the server has read what was sent. */
async function settle(ask: () => Promise<Came>, status: number): Promise<Came> {
  let came = await ask();
  const again = async () => {
    if (came.answers[0]?.status !== status) came = await ask();
    return came.answers[0]?.status;
  };
  await expect.poll(again, { timeout: 10_000 }).toBe(status);
  return came;
}
