import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SpanStatusCode } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { expect, it, onTestFinished } from "vitest";
import { FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { runFlowspan } from "./flowspan-process.ts";

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with the spans of `count` calls for a server that was away. */
async function fillSpool(count: number): Promise<string> {
  const folder = makeFolder();
  const processor = new FlowspanSpanProcessor({
    url: "http://127.0.0.1:1",
    spoolDir: folder,
    shutdownTimeoutMillis: 1,
  });
  const tracer = new BasicTracerProvider({ spanProcessors: [processor] }).getTracer("test");
  for (let number = 0; number < count; number += 1) {
    const span = tracer.startSpan("chat", { attributes: { "gen_ai.operation.name": "chat" } });
    span.setStatus({ code: SpanStatusCode.OK });
    span.end();
  }
  await processor.shutdown();
  return folder;
}

it("sends what is in a spool folder to a server, and removes it there", async () => {
  const folder = await fillSpool(30);
  const url = await runFlowspan(["serve", "--port", "0", "--data", makeFolder()]).ready();
  writeFileSync(join(folder, "00000000-0-1-aaaaaaaa-000001.spool"), "garbage\n");

  const first = await runFlowspan(["spool", "send", folder, "--url", `${url}/v5`]).ended;
  const again = await runFlowspan(["spool", "send", folder], { FLOWSPAN_URL: url }).ended;

  expect(first).toMatchObject({ code: 0, stdout: "sent 30 logs, 0 traces left\n" });
  expect(first.stderr).toContain("is no spool file of flowspan and is left alone");
  expect(again).toMatchObject({ code: 0, stdout: "sent 0 logs, 0 traces left\n" });
  const { traces } = (await (await fetch(`${url}/api/traces?limit=100`)).json()) as {
    traces: unknown[];
  };
  expect(traces.length).toBe(30);
  expect(readdirSync(folder)).toEqual(["00000000-0-1-aaaaaaaa-000001.spool"]);
});

it("keeps what a server that is away did not take, and says so", async () => {
  const folder = await fillSpool(3);

  const ended = await runFlowspan(["spool", "send", folder, "--url", "http://127.0.0.1:1"]).ended;

  expect(ended).toMatchObject({ code: 1, stdout: "sent 0 logs, 3 traces left\n" });
  expect(ended.stderr).toContain("spool send: the server did not take everything.");
  expect(readdirSync(folder).length).toBeGreaterThan(0);
});

it.each([
  [["spool"], "spool: expected send"],
  [["spool", "send"], "spool send: expected one folder"],
  [["spool", "send", "/nowhere/at/all"], "spool send: expected a folder, got /nowhere/at/all."],
  [["spool", "send", ".", "--url", "ftp://x"], "url: expected"],
])("refuses %j in one line", async (args, message) => {
  const ended = await runFlowspan(args).ended;

  expect(ended).toMatchObject({ code: 1, stdout: "" });
  expect(ended.stderr).toContain(message);
  expect(ended.stderr.trim().split("\n").length).toBe(1);
});
