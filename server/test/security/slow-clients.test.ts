import type { Server } from "node:net";
import { describe, expect, it } from "vitest";
import { NEW } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen, open, receive } from "./raw-http.ts";

/** So short that a test waits for little, where the defaults are minutes. */
const SHORT = { headersMillis: 200, requestMillis: 400, idleMillis: 200, stalledMillis: 300 };

const HEAD = "POST /v5/flows/log HTTP/1.1\r\nHost: localhost\r\n";

describe("a slow client", () => {
  it("that sends its headers byte by byte is answered 408 and closed", async () => {
    const { port } = await listen({ limits: SHORT });
    const socket = await open(port);
    const received = receive(socket);

    socket.write(HEAD);
    const dripping = setInterval(() => socket.write("X"), 20);
    const came = await received;
    clearInterval(dripping);

    record("headers, a byte every 20 ms", inWords(came));
    expect(came.isClosed).toBe(true);
    expect(came.answers.map(({ status }) => status)).toEqual([408]);
  });

  it("that sends its body byte by byte is answered 408 and closed", async () => {
    const { port, get } = await listen({ limits: SHORT });
    const socket = await open(port);
    const received = receive(socket);

    socket.write(`${HEAD}Content-Length: 1000000\r\n\r\n{`);
    const dripping = setInterval(() => socket.write(" "), 20);
    const came = await received;
    clearInterval(dripping);

    record("a body, a byte every 20 ms", inWords(came));
    expect(came.isClosed).toBe(true);
    expect(came.answers.map(({ status }) => status)).toEqual([408]);
    expect((await get("files")).body.total).toBe(0);
  });

  it("that sends nothing at all is closed", async () => {
    const { port } = await listen({ limits: SHORT });

    const came = await exchange(port, "");

    record("nothing", inWords(came));
    expect(came.isClosed).toBe(true);
  });

  it("that is done and keeps its connection is closed", async () => {
    const { port } = await listen({ limits: SHORT });

    const came = await exchange(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");

    record("one request, then nothing", inWords(came));
    expect(came.isClosed).toBe(true);
    expect(came.answers.map(({ status }) => status)).toEqual([200]);
  });

  it("that never reads its answer is closed, and what was for it is let go", async () => {
    const { port, server, log } = await listen({ limits: SHORT });
    const { id } = await log("flow", { ...NEW.flow, output: "x".repeat(32 * 1_024 * 1_024) });
    const socket = await open(port);
    socket.pause();

    socket.write(`GET /v5/logs/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await expect.poll(() => countConnections(server.server)).toBe(1);

    await expect.poll(() => countConnections(server.server), { timeout: 10_000 }).toBe(0);
    record("a request of 32 MiB that is never read", "closed");
  });

  it("that reads its answer byte by byte is closed, however it keeps moving", async () => {
    const limits = { ...SHORT, stalledMillis: 10_000, answerMillis: 1_000 };
    const { port, server, log } = await listen({ limits });
    const { id } = await log("flow", { ...NEW.flow, output: "x".repeat(32 * 1_024 * 1_024) });
    const socket = await open(port);
    socket.pause();

    socket.write(`GET /v5/logs/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const dripping = setInterval(() => socket.read(1), 20);
    await expect.poll(() => countConnections(server.server)).toBe(1);

    await expect.poll(() => countConnections(server.server), { timeout: 8_000 }).toBe(0);
    clearInterval(dripping);
    record("a request of 32 MiB that is read byte by byte", "closed");
  });

  it("that never reads is not alone: answers past the limit are refused until it has gone", async () => {
    const limits = { stalledMillis: 10_000, inflightBytes: 40 * 1_024 * 1_024 };
    const { port, log } = await listen({ limits });
    const { id } = await log("flow", { ...NEW.flow, output: "x".repeat(32 * 1_024 * 1_024) });
    const ask = `GET /v5/logs/${id} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const deaf = await open(port);
    deaf.pause();

    deaf.write(ask);
    let refused = await exchange(port, ask, 1);
    const again = async () => {
      if (refused.answers[0]?.status !== 503) refused = await exchange(port, ask, 1);
      return refused.answers[0]?.status;
    };
    await expect.poll(again, { timeout: 9_000 }).toBe(503);

    record("two requests of 32 MiB, of 40, the first never read", inWords(refused));
    expect(refused.answers[0]?.head).toMatch(/\r\nretry-after: 5\r\n/i);
    await expect
      .poll(async () => (await exchange(port, ask, 1)).answers[0]?.status, { timeout: 30_000 })
      .toBe(200);
  }, 60_000);

  it("leaves the others alone: they are answered meanwhile", async () => {
    const { port } = await listen({ limits: SHORT });
    const slow = await Promise.all(Array.from({ length: 50 }, () => open(port)));
    for (const socket of slow) socket.write(HEAD);

    const came = await exchange(port, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 1);

    record("50 requests that never end, then one", inWords(came));
    expect(came.answers.map(({ status }) => status)).toEqual([200]);
  });

  it("that keeps moving may take longer than a stalled one", async () => {
    const { port } = await listen({ limits: { ...SHORT, requestMillis: 20_000 } });
    const body = JSON.stringify(NEW.flow);
    const socket = await open(port);
    const received = receive(socket, 1);

    socket.write(`${HEAD}Content-Length: ${body.length}\r\n\r\n`);
    for (const byte of body) {
      socket.write(byte);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }

    expect((await received).answers.map(({ status }) => status)).toEqual([200]);
  });
});

describe("connections", () => {
  it("past the limit are closed unanswered, until others have ended", async () => {
    const { port } = await listen({ limits: { connections: 2 } });
    const ask = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    const held = [await open(port), await open(port)];

    const refused = await exchange(port, ask, 1);
    for (const socket of held) socket.destroy();

    record("a third connection of two", inWords(refused));
    expect(refused).toEqual({ answers: [], isClosed: true });
    await expect
      .poll(async () => (await exchange(port, ask, 1)).answers.map(({ status }) => status))
      .toEqual([200]);
  });

  it("end before their body is read where the key is refused", async () => {
    const { port } = await listen({ apiKey: "k" });
    const socket = await open(port);
    const received = receive(socket, 1);

    socket.write(`${HEAD}Content-Length: 60000000\r\n\r\n{`);
    const came = await received;

    record("the start of 60 MB without a key", inWords(came));
    expect(came.answers.map(({ status }) => status)).toEqual([401]);
  });
});

function countConnections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
