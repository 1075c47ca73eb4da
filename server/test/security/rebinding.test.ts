import { describe, expect, it } from "vitest";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen } from "./raw-http.ts";

const get = (target: string, ...headers: string[]): string =>
  `GET ${target} HTTP/1.1\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;

/** What a page under a name that was made to mean this machine would send, and tricks around it. */
const STRANGERS: readonly (readonly [what: string, request: string, status: number])[] = [
  ["a stranger's name", get("/v5/flows", "Host: evil.test"), 403],
  ["a stranger's name with the port", get("/v5/flows", "Host: evil.test:4319"), 403],
  ["a stranger's name that starts like ours", get("/v5/flows", "Host: 127.0.0.1.evil.test"), 403],
  ["a stranger's name behind ours as a user", get("/v5/flows", "Host: localhost@evil.test"), 403],
  ["a stranger's name behind our port", get("/v5/flows", "Host: localhost:80@evil.test"), 403],
  ["a stranger's name behind a bracket", get("/v5/flows", "Host: [::1].evil.test"), 403],
  ["a stranger's name after a comma", get("/v5/flows", "Host: localhost, evil.test"), 403],
  ["a stranger's name with a final dot", get("/v5/flows", "Host: evil.test."), 403],
  ["our name with a final dot", get("/v5/flows", "Host: localhost."), 403],
  ["an address of all interfaces", get("/v5/flows", "Host: 0.0.0.0"), 403],
  ["an address of all interfaces, IPv6", get("/v5/flows", "Host: [::]"), 403],
  ["an address of the local network", get("/v5/flows", "Host: 192.168.1.2"), 403],
  ["an IPv6 address that holds ours", get("/v5/flows", "Host: [::ffff:10.0.0.1]"), 403],
  ["our address as one number", get("/v5/flows", "Host: 2130706433"), 403],
  ["no name at all", get("/v5/flows", "Host:"), 403],
  ["no Host header", get("/v5/flows"), 400],
  ["two Host headers", get("/v5/flows", "Host: localhost", "Host: evil.test"), 400],
  ["two Host headers, ours second", get("/v5/flows", "Host: evil.test", "Host: localhost"), 400],
  ["a whole URL of a stranger", get("http://evil.test/v5/flows", "Host: localhost"), 400],
  [
    "a whole URL of a stranger and its name",
    get("http://evil.test/v5/flows", "Host: evil.test"),
    403,
  ],
  ["a whole URL with a user", get("http://a@localhost/v5/flows", "Host: localhost"), 400],
  ["a target of another scheme", get("ftp://localhost/v5/flows", "Host: localhost"), 400],
  ["a name for a proxy", get("/v5/flows", "Host: evil.test", "X-Forwarded-Host: localhost"), 403],
  ["a name in Forwarded", get("/v5/flows", "Host: evil.test", "Forwarded: host=localhost"), 403],
];

describe("a server without a key", () => {
  it.each(STRANGERS)("gives nothing to a request with %s", async (_, request, status) => {
    const { port, log } = await listen();
    await log("flow", { path: "private", flow: { attributes: {} } });

    const came = await exchange(port, request, 1);

    record(request, inWords(came));
    expect(came.answers.map((answer) => answer.status)).toEqual([status]);
    expect(JSON.stringify(came.answers)).not.toContain("private");
  });

  it.each([
    ["our name", "/v5/flows", "localhost"],
    ["our address and any port", "/v5/flows", "127.0.0.1:9"],
    ["our IPv6 address", "/v5/flows", "[::1]:4319"],
    ["a whole URL of our own", "http://localhost:4319/v5/flows", "localhost:4319"],
  ])("answers a request with %s", async (_, target, host) => {
    const { port } = await listen();

    const came = await exchange(port, get(target, `Host: ${host}`), 1);

    expect(came.answers.map(({ status }) => status)).toEqual([200]);
  });

  it("believes no header that names another host than the one asked", async () => {
    const { port } = await listen();

    const request = get("/v5/flows", "Host: localhost", "X-Forwarded-Host: evil.test");
    const came = await exchange(port, request, 1);

    record(request, inWords(came));
    expect(came.answers[0]?.status).toBe(200);
    expect(JSON.stringify(came.answers)).not.toContain("evil.test");
  });
});
