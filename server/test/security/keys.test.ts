import { expect, it } from "vitest";
import { record } from "./attack-record.ts";
import { exchange, inWords, listen, type RawAnswer } from "./raw-http.ts";

const KEY = "fsk_0123456789abcdefghijklmnopqrstuvwxyz";

const get = (...headers: string[]): string =>
  ["GET /v5/flows HTTP/1.1", "Host: localhost", ...headers, "", ""].join("\r\n");

/** An answer without what is another each time. */
const withoutDate = ({ head, body }: RawAnswer): string =>
  `${head.replace(/\r\ndate: [^\r]*/i, "")}\r\n\r\n${body}`;

it("answers every key that is not the right one with the same bytes", async () => {
  const { port } = await listen({ apiKey: KEY });
  const wrong = [
    get(),
    get("X-API-KEY:"),
    get("X-API-KEY: x"),
    get(`X-API-KEY: ${KEY.slice(0, 1)}`),
    get(`X-API-KEY: ${KEY.slice(0, -1)}`),
    get(`X-API-KEY: ${KEY.slice(0, -1)}0`),
    get(`X-API-KEY: ${KEY}0`),
    get(`X-API-KEY: ${KEY.toUpperCase()}`),
    get(`X-API-KEY: ${"x".repeat(10_000)}`),
    get(`X-API-KEY: wrong`, `X-API-KEY: ${KEY}`),
    get(`X-API-KEY: wrong`, `Authorization: Bearer ${KEY}`),
    get(`Authorization: Basic ${Buffer.from(`:${KEY}`).toString("base64")}`),
    get(`Authorization: ${KEY}`),
    get(`Cookie: X-API-KEY=${KEY}`),
    get().replace("/v5/flows", `/v5/flows?api_key=${KEY}&x-api-key=${KEY}`),
  ];

  const answers = new Set<string>();
  for (const request of wrong) {
    const came = await exchange(port, request, 1);
    record(request, inWords(came));
    for (const answer of came.answers) answers.add(withoutDate(answer));
  }

  expect(answers.size).toBe(1);
  expect([...answers][0]).toMatch(/^HTTP\/1\.1 401 /);
  expect((await exchange(port, get(`X-API-KEY: ${KEY}`), 1)).answers[0]?.status).toBe(200);
});

it("refuses a key however much of it is right", async () => {
  const { server } = await listen({ apiKey: KEY });
  const ask = async (key: string) => {
    const startMillis = performance.now();
    const { statusCode } = await server.inject({ url: "/v5/flows", headers: { "x-api-key": key } });
    return { statusCode, millis: performance.now() - startMillis };
  };

  // Keys are hashed before they are compared, so no time is measured against: it is printed.
  for (const right of [0, 10, 20, 30, KEY.length - 1]) {
    const key = KEY.slice(0, right).padEnd(KEY.length, "!");
    const asked = [];
    for (let n = 0; n < 101; n += 1) asked.push(await ask(key));
    const median = asked.map(({ millis }) => millis).sort((a, b) => a - b)[50] ?? 0;

    record(`101 keys with ${right} right letters`, `401, median ${median.toFixed(2)} ms`);
    expect(new Set(asked.map(({ statusCode }) => statusCode))).toEqual(new Set([401]));
  }
});
