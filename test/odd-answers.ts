import type { AddressInfo, Server, Socket } from "node:net";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";

/** Answers one request by writing bytes to its connection, and leaves it open or ends it. */
export type OddAnswer = (socket: Socket) => void;

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/** One whole answer; the connection ends behind it. */
export function plainAnswer(status: string, headers: string, body: string | Buffer): OddAnswer {
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`;
  return (socket) => {
    socket.write(`HTTP/1.1 ${status}\r\n${headers}${length}connection: close\r\n\r\n`);
    socket.end(body);
  };
}

/** Writes as much as the other side takes, up to 10 GB. */
export const endless: OddAnswer = (socket) => {
  const chunk = Buffer.alloc(64 * 1024, "x");
  let left = 10 * 1024 ** 3;
  socket.write(`${HEAD}content-length: ${left}\r\n\r\n`);
  const go = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= chunk.length;
      if (!socket.write(chunk)) return;
    }
  };
  socket.on("drain", go);
  go();
};

/** One byte now and then, for ever. */
const slowDrip: OddAnswer = (socket) => {
  socket.write(`${HEAD}content-length: 1000\r\n\r\n`);
  const drip = setInterval(() => socket.write(" "), 10);
  socket.on("close", () => clearInterval(drip));
};

/** What no Log API answers, by name. After none of them does a client know that its log is in. */
export const ODD_ANSWERS: Readonly<Record<string, OddAnswer>> = {
  "200 with HTML": plainAnswer("200 OK", "content-type: text/html\r\n", "<!doctype html><p>hi"),
  "200 with half of its JSON": plainAnswer("200 OK", "", '{"id": "log_1", "vers'),
  "200 with JSON that is no object": plainAnswer("200 OK", "", "[1, 2]"),
  "200 in an unknown coding": plainAnswer("200 OK", "content-encoding: zstd\r\n", "{}"),
  "200 that is said to be gzip and is not": plainAnswer(
    "200 OK",
    "content-encoding: gzip\r\n",
    "{}",
  ),
  "200 that unpacks to 100 MB": plainAnswer(
    "200 OK",
    "content-encoding: gzip\r\n",
    gzipSync(Buffer.alloc(100 * 1024 ** 2)),
  ),
  "302 to another origin": plainAnswer("302 Found", "location: http://127.0.0.1:1/v5\r\n", ""),
  "303 after a POST": plainAnswer("303 See Other", "location: /v5/flows\r\n", ""),
  "307 without a location": plainAnswer("307 Temporary Redirect", "", ""),
  "304 out of nowhere": plainAnswer("304 Not Modified", "", ""),
  "10 GB": endless,
  "a slow drip": slowDrip,
  "headers and then nothing": (socket) => socket.write(`${HEAD}content-length: 5\r\n\r\n`),
  "nothing at all": () => undefined,
  "100 and then nothing": (socket) => socket.write("HTTP/1.1 100 Continue\r\n\r\n"),
  "a reset before the first byte": (socket) => socket.resetAndDestroy(),
  "an end before the first byte": (socket) => socket.end(),
  "a reset in the status line": cutAfter("HTTP/1.1 2"),
  "a reset in the headers": cutAfter(HEAD),
  "a reset behind the headers": cutAfter(`${HEAD}content-length: 20\r\n\r\n`),
  "a reset in the body": cutAfter(`${HEAD}content-length: 20\r\n\r\n{"id":"log`),
  "an end in the body": (socket) => socket.end(`${HEAD}content-length: 20\r\n\r\n{"id":"log`),
  "an end in a chunk": (socket) =>
    socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\n20\r\n{"id":"log`),
  "a chunk without a size": (socket) =>
    socket.end(`${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`),
  "more than its content-length": (socket) =>
    socket.end(`${HEAD}content-length: 1\r\n\r\n{"id":"log_1"}`),
  "two content-lengths": (socket) =>
    socket.end(`${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
  "no HTTP": (socket) => socket.end("220 smtp.example ESMTP\r\n"),
  "a TLS alert": (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 10])),
  "endless headers": (socket) => {
    socket.write(HEAD);
    const more = setInterval(() => socket.write(`x-a: ${"b".repeat(8_000)}\r\n`), 1);
    socket.on("close", () => clearInterval(more));
  },
};

/** Good answers in odd forms: a client takes each as the same `body`. */
export function goodAnswers(body: string): Readonly<Record<string, OddAnswer>> {
  return {
    "from HTTP/1.0": (socket) => socket.end(`HTTP/1.0 200 OK\r\n\r\n${body}`),
    "behind 103 Early Hints": (socket) => {
      socket.write("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n");
      plainAnswer("200 OK", "", body)(socket);
    },
    "in gzip that was not asked for": plainAnswer(
      "200 OK",
      "content-encoding: gzip\r\n",
      gzipSync(body),
    ),
    "with a byte order mark and as text/html": plainAnswer(
      "200 OK",
      "content-type: text/html\r\n",
      `\uFEFF${body}`,
    ),
    "byte for byte": (socket) => {
      const whole = `${HEAD}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      let next = 0;
      const drip = setInterval(() => {
        if (next < whole.length && !socket.destroyed) socket.write(whole[next++]!);
        else clearInterval(drip);
      }, 1);
    },
  };
}

/** A TCP server that reads one request on each connection and gives it to `answer`. */
export async function startOddServer(
  answer: (socket: Socket, request: string) => void,
): Promise<{ readonly port: number; readonly server: Server; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (!isWhole(text)) return;
      const request = text;
      text = "";
      answer(socket, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isWhole(request: string): boolean {
  const end = request.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = Number(/content-length: (\d+)/i.exec(request)?.[1] ?? 0);
  return request.length >= end + 4 + length;
}

function cutAfter(bytes: string): OddAnswer {
  return (socket) => {
    socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 5));
  };
}
