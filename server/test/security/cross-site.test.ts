import { describe, expect, it } from "vitest";
import { NEW } from "../http/test-server.ts";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen } from "./raw-http.ts";

const BODY = JSON.stringify(NEW.flow);

const write = (method: string, target: string, ...headers: string[]): string =>
  [
    `${method} ${target} HTTP/1.1`,
    "Host: 127.0.0.1:4319",
    `Content-Length: ${BODY.length}`,
    ...headers,
    "",
    BODY,
  ].join("\r\n");

const post = (...headers: string[]): string => write("POST", "/v5/flows/log", ...headers);

/** What browsers send for pages of other sites without asking first. */
const CROSS_SITE: readonly (readonly [what: string, request: string])[] = [
  [
    "a form posted as text",
    post("Origin: https://evil.test", "Content-Type: text/plain", "Sec-Fetch-Site: cross-site"),
  ],
  [
    "a form posted as fields",
    post("Origin: https://evil.test", "Content-Type: application/x-www-form-urlencoded"),
  ],
  ["fetch with no-cors", post("Origin: https://evil.test", "Sec-Fetch-Mode: no-cors")],
  ["a page in a sandbox", post("Origin: null")],
  ["a page that was redirected", post("Origin: null", "Sec-Fetch-Site: cross-site")],
  ["a page whose origin is kept back", post("Sec-Fetch-Site: cross-site")],
  ["a page of the same site", post("Sec-Fetch-Site: same-site")],
  ["a page on another port", post("Origin: http://127.0.0.1:3000", "Sec-Fetch-Site: same-site")],
  ["a page on https here", post("Origin: https://127.0.0.1:3000")],
  ["an origin that starts like ours", post("Origin: http://127.0.0.1:4319.evil.test")],
  ["two origins", post("Origin: http://127.0.0.1:4319 https://evil.test")],
  ["an origin that is no URL", post("Origin: 127.0.0.1:4319")],
  ["an extension", post("Origin: chrome-extension://abcdefgh")],
  ["a beacon", post("Origin: https://evil.test", "Content-Type: text/plain;charset=UTF-8")],
  ["a PATCH", write("PATCH", "/v5/flows/logs/a", "Origin: https://evil.test")],
  ["a DELETE", write("DELETE", "/v5/logs?id=a", "Origin: https://evil.test")],
  ["a batch", write("POST", "/v5/logs/batch", "Origin: https://evil.test")],
];

describe("a write", () => {
  it.each(CROSS_SITE)("from another site is refused and nothing stored: %s", async (_, request) => {
    const { port, get } = await listen();

    const came = await exchange(port, request, 1);

    record(request, inWords(came));
    expect(came.answers.map(({ status }) => status)).toEqual([403]);
    expect(came.answers[0]?.head.toLowerCase()).not.toContain("access-control");
    expect((await get("files")).body.total).toBe(0);
  });

  it.each([
    ["of the server's own page", ["Origin: http://127.0.0.1:4319", "Sec-Fetch-Site: same-origin"]],
    ["of the user by hand", ["Sec-Fetch-Site: none"]],
    ["of a program", []],
  ])("%s is taken as before", async (_, headers) => {
    const { port } = await listen();

    const came = await exchange(port, post(...headers), 1);

    expect(came.answers.map(({ status }) => status)).toEqual([200]);
  });

  it("is allowed to no other site that asks first", async () => {
    const { port } = await listen();
    const request = [
      "OPTIONS /v5/flows/log HTTP/1.1",
      "Host: 127.0.0.1:4319",
      "Origin: https://evil.test",
      "Access-Control-Request-Method: POST",
      "Access-Control-Request-Private-Network: true",
      "\r\n",
    ].join("\r\n");

    const came = await exchange(port, request, 1);

    record(request, inWords(came));
    expect(came.answers.map(({ status }) => status)).toEqual([404]);
    expect(came.answers[0]?.head.toLowerCase()).not.toContain("access-control");
  });
});

it("keeps every answer from being read, embedded or framed by another page", async () => {
  const { port } = await listen();

  for (const target of ["/v5/flows", "/healthz", "/nowhere", "/v5/logs/%zz"]) {
    const request = `GET ${target} HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.test\r\n\r\n`;
    const { answers } = await exchange(port, request, 1);
    const head = answers[0]?.head.toLowerCase() ?? "";

    expect(head).not.toContain("access-control");
    expect(head).toContain("cross-origin-resource-policy: same-origin");
    expect(head).toContain("cross-origin-opener-policy: same-origin");
    expect(head).toContain("frame-ancestors 'none'");
    expect(head).toContain("x-content-type-options: nosniff");
  }
});
