import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { checkEnvironment } from "../../src/doctor/check-environment.ts";
import { checkServer } from "../../src/doctor/check-server.ts";
import type { Finding } from "../../src/doctor/finding.ts";

const lines = (findings: readonly Finding[]): string[] =>
  findings.map(({ level, text }) => `${level}: ${text}`);

it.each([
  [{ FLOWSPAN_DISABLED: "true" }, "problem: FLOWSPAN_DISABLED is set, so nothing is recorded"],
  [{ OTEL_SDK_DISABLED: "1" }, "problem: OTEL_SDK_DISABLED is set, so nothing is recorded"],
  [
    { OTEL_TRACES_SAMPLER: "parentbased_always_off" },
    "problem: OTEL_TRACES_SAMPLER is parentbased_always_off, so no span is recorded",
  ],
  [
    { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0" },
    "problem: OTEL_TRACES_SAMPLER is traceidratio with 0, so no span is recorded",
  ],
  [
    { FLOWSPAN_URL: "http://h:4319/v5", OTEL_EXPORTER_OTLP_ENDPOINT: "http://h:4319" },
    "warning: OTLP and the Log API have the same address, so all goes there in two ways",
  ],
])("says what is wrong with %o", (environment, expected) => {
  expect(lines(checkEnvironment(environment))).toEqual([expected]);
});

it("says which variable can't be used", () => {
  const [finding] = checkEnvironment({ FLOWSPAN_CONTENT: "all" });

  expect(finding?.level).toBe("problem");
  expect(finding?.text).toMatch(/^FLOWSPAN_CONTENT: expected .*, got "all"/);
});

it.each([
  {},
  { FLOWSPAN_DISABLED: "false", OTEL_TRACES_SAMPLER: "always_on" },
  { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.5" },
  { FLOWSPAN_URL: "http://a/v5", OTEL_EXPORTER_OTLP_ENDPOINT: "http://b:4318" },
])("finds nothing wrong with %o", (environment) => {
  expect(lines(checkEnvironment(environment))).toEqual(["ok: environment variables"]);
});

/** A server with this answer, and a clock that many seconds ahead. */
async function serve(status: number, aheadSeconds = 0): Promise<string> {
  const server = createServer((_request, response) => {
    const date = new Date(Date.now() + aheadSeconds * 1000).toUTCString();
    response.writeHead(status, { date }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it.each([
  [200, undefined, "ok: URL answers"],
  [200, "key", "ok: URL answers and takes the key"],
  [403, "key", "ok: URL answers and takes the key, which may not read"],
  [401, "key", "problem: URL refuses the key (401)"],
  [401, undefined, "problem: URL asks for a key (401)"],
  [404, undefined, "problem: URL answers 404 to GET flows"],
])("judges a server that answers %s with the key %s", async (status, key, expected) => {
  const url = await serve(status);

  expect(lines(await checkServer(url, key))).toEqual([expected.replace("URL", url)]);
});

it("says that a server can't be reached", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  const [finding] = await checkServer(`http://127.0.0.1:${port}`, undefined);

  expect(finding?.text).toBe(`http://127.0.0.1:${port} can't be reached: ECONNREFUSED`);
});

it.each([
  [-3_600, "warning: the server's clock is 3600 s behind"],
  [3_600, "warning: the server's clock is 3600 s ahead"],
])("says that the server's clock is %s seconds off", async (seconds, expected) => {
  const findings = await checkServer(await serve(200, seconds), undefined);

  expect(lines(findings)[1]?.replace(/3(599|601)/, "3600")).toBe(expected);
});
