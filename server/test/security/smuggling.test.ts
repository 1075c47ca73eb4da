import { describe, expect, it } from "vitest";
import { NEW } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen } from "./raw-http.ts";

/** The request that an attacker wants to be taken for one of its own. */
const HIDDEN = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

const POST = "POST /v5/flows/log HTTP/1.1\r\nHost: localhost\r\n";

/** Where two servers may disagree about where a request ends. */
const SHAPES: readonly (readonly [what: string, request: string])[] = [
  [
    "a length and chunks",
    `${POST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    "chunks and a length",
    `${POST}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`,
  ],
  ["two lengths", `${POST}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}`],
  ["two lengths that agree", `${POST}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`],
  ["a list of lengths", `${POST}Content-Length: 2, 2\r\n\r\n{}`],
  ["a length with a sign", `${POST}Content-Length: +2\r\n\r\n{}`],
  ["a length below zero", `${POST}Content-Length: -2\r\n\r\n{}`],
  ["a length in hexadecimal", `${POST}Content-Length: 0x2\r\n\r\n{}`],
  ["a length past all numbers", `${POST}Content-Length: 99999999999999999999\r\n\r\n{}`],
  ["chunks by another name", `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ["chunks that are not last", `${POST}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
  ["chunks that are not alone", `${POST}Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n`],
  ["packed chunks", `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["chunks twice", `${POST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
  [
    "two codings",
    `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  ],
  ["chunks with a space before the colon", `${POST}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
  ["chunks behind a vertical tab", `${POST}Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n`],
  ["chunks on a folded line", `${POST}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
  ["a folded header", `${POST}X-A: b\r\n Content-Length: 2\r\n\r\n{}`],
  ["a header that starts with a space", `${POST} Content-Length: 2\r\n\r\n{}`],
  ["lines that end with LF", `${POST.replaceAll("\r", "")}Content-Length: 2\n\n{}`],
  ["one line that ends with LF", `${POST}X-A: b\nContent-Length: 2\r\n\r\n{}`],
  ["one line that ends with CR", `${POST}X-A: b\rContent-Length: 2\r\n\r\n{}`],
  ["a NUL in a header", `${POST}X-A: a\0b\r\nContent-Length: 2\r\n\r\n{}`],
  ["a chunk below zero", `${POST}Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n`],
  [
    "a chunk past all numbers",
    `${POST}Transfer-Encoding: chunked\r\n\r\n${"F".repeat(20)}\r\n{}\r\n0\r\n\r\n`,
  ],
  ["chunks that end with LF", `${POST}Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n`],
  ["a chunk's LF extension", `${POST}Transfer-Encoding: chunked\r\n\r\n2;\nx\r\n{}\r\n0\r\n\r\n`],
  [
    "chunks in HTTP/1.0",
    `${POST.replace("1.1", "1.0")}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ["a version that is none", "GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n"],
];

describe("a request that two servers could read in two ways", () => {
  it.each(SHAPES)("is answered 400 and ends its connection: %s", async (_, request) => {
    const { port, get } = await listen();

    const came = await exchange(port, request + HIDDEN);

    record(request, inWords(came));
    // The connection's end shows that what followed was never looked at.
    expect(came.isClosed).toBe(true);
    expect(came.answers.at(-1)?.status).toBe(400);
    expect(came.answers.map(({ status }) => status)).not.toContain(200);
    expect((await get("files")).body.total).toBe(0);
  });
});

describe("a body", () => {
  it.each([
    ["of a request that takes none", "GET /v5/flows"],
    ["of a path that nothing is at", "POST /nowhere"],
    ["of a write from another site", "POST /v5/flows/log"],
  ])("is never read as the next request: %s", async (_, line) => {
    const { port } = await listen();
    const head = `${line} HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n`;
    const request = `${head}Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`;

    const came = await exchange(
      port,
      `${request}GET /openapi.json HTTP/1.0\r\nHost: localhost\r\n\r\n`,
    );

    record(request, inWords(came));
    expect(came.answers).toHaveLength(2);
    expect(JSON.stringify(came.answers)).not.toContain('"status":"ok"');
  });

  it("is never read as the next request where its key is refused", async () => {
    const { port } = await listen({ apiKey: "k" });
    const request = `${POST}Content-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`;

    const came = await exchange(port, `${request}GET /readyz HTTP/1.0\r\n\r\n`);

    record(request, inWords(came));
    expect(came.answers.map(({ status }) => status)).toEqual([401, 200]);
    expect(JSON.stringify(came.answers)).not.toContain('"status":"ok"');
  });

  it("ends where its length says, and the next request is read from there", async () => {
    const { port } = await listen();
    const body = JSON.stringify(NEW.flow);

    const came = await exchange(
      port,
      `${POST}Content-Length: ${body.length}\r\n\r\n${body}${HIDDEN}`,
      2,
    );

    expect(came.answers.map(({ status }) => status)).toEqual([200, 200]);
  });
});

it.each([
  [
    "another protocol",
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    [200],
  ],
  ["a tunnel", "CONNECT evil.test:80 HTTP/1.1\r\nHost: evil.test:80\r\n\r\n", []],
])("opens nothing for who asks for %s", async (_, request, statuses) => {
  const { port } = await listen();

  const came = await exchange(port, request, 1);

  record(request, inWords(came));
  expect(came.answers.map(({ status }) => status)).toEqual(statuses);
});
