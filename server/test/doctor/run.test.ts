import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type Ended, runFlowspan } from "../flowspan-process.ts";

const ROOT = new URL("../../../", import.meta.url);
const built = (name: string): string => new URL(`dist/${name}.js`, ROOT).href;
const installed = (name: string): string => import.meta.resolve(name);
const IMPORTS = `
import { context, trace } from "${installed("@opentelemetry/api")}";
import { AsyncLocalStorageContextManager } from "${installed("@opentelemetry/context-async-hooks")}";
import { AlwaysOffSampler, BasicTracerProvider, SimpleSpanProcessor } from "${installed("@opentelemetry/sdk-trace-base")}";
import { flow } from "${built("index")}";
import { instrumentFetch } from "${built("fetch")}";
import { start } from "${built("node")}";
import { FlowspanExporter, FlowspanSpanProcessor } from "${built("otel")}";
const manage = () => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
const provide = (options) => trace.setGlobalTracerProvider(new BasicTracerProvider(options));
`;
const NOTHING_SENDS =
  "problem  BasicTracerProvider is registered, and nothing sends its spans to flowspan";
const SENDS = "ok       BasicTracerProvider sends its spans to flowspan";
const HAS_CONTEXT = "ok       a context manager is registered";

/** Answers everything, as a Log API and as a model. */
async function serve(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json").end('{"logs": []}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What the doctor says of a program. */
async function diagnose(
  program: string,
  { node = [], options = [] }: { node?: string[]; options?: string[] } = {},
): Promise<Ended & { lines: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "flowspan-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const url = await serve();
  writeFileSync(join(folder, "app.mjs"), `${IMPORTS}\nconst model = "${url}";\n${program}`);
  const args = ["doctor", ...options, "--", process.execPath, ...node, "app.mjs"];
  const ended = await runFlowspan(args, { FLOWSPAN_URL: url }, folder).ended;
  const lines = ended.stdout.split("\n");
  return { ...ended, lines: lines.slice(lines.findIndex((line) => line.includes(" answers")) + 1) };
}

it("says that nothing is registered, until something is", async () => {
  const before = await diagnose("");
  const after = await diagnose("const tracing = start(); await tracing.shutdown();");

  expect(before.lines[0]).toMatch(/^problem {2}no tracer provider is registered/);
  expect(before.code).toBe(1);
  expect(after.lines.slice(0, 2)).toEqual([SENDS, HAS_CONTEXT]);
});

it("says that a provider sends nothing to flowspan, until it does", async () => {
  const before = await diagnose("manage(); provide({});");
  const made = await diagnose("manage(); new FlowspanSpanProcessor(); provide({});");
  const processor = await diagnose(
    "manage(); provide({ spanProcessors: [new FlowspanSpanProcessor()] });",
  );
  const exporter = await diagnose(
    "manage(); provide({ spanProcessors: [new SimpleSpanProcessor(new FlowspanExporter())] });",
  );

  expect(before.lines[0]).toContain(`${NOTHING_SENDS} (span processors: none)`);
  expect(made.lines[0]).toContain("was made, but BasicTracerProvider doesn't have it");
  expect(processor.lines[0]).toBe(SENDS);
  expect(exporter.lines[0]).toBe(SENDS);
});

it("says that there is no context manager, until there is", async () => {
  const provide = "provide({ spanProcessors: [new FlowspanSpanProcessor()] });";

  const before = await diagnose(provide);
  const after = await diagnose(`manage(); ${provide}`);

  expect(before.lines[1]).toMatch(/^problem {2}no context manager is registered/);
  expect(after.lines[1]).toBe(HAS_CONTEXT);
});

it("says that the sampler leaves calls out, until it does not", async () => {
  const program = (sampler: string): string =>
    `manage();
    provide({ spanProcessors: [new FlowspanSpanProcessor()], ${sampler} });
    flow("agent", () => 1)();`;

  const before = await diagnose(program("sampler: new AlwaysOffSampler()"));
  const after = await diagnose(program(""));

  expect(before.stdout).toContain("warning  the provider's sampler left out 1 calls");
  expect(after.stdout).not.toContain("sampler");
});

it("says that fetch was taken before it was hooked, until it is taken after", async () => {
  const call = "await kept(new URL('/v1/chat/completions', model), { method: 'POST' });";

  const before = await diagnose(`start(); const kept = fetch; instrumentFetch(); ${call}`);
  const after = await diagnose(`start(); instrumentFetch(); const kept = fetch; ${call}`);
  const never = await diagnose(`start(); const kept = fetch; ${call}`);

  expect(before.stdout).toMatch(/problem {2}calls to 127.0.0.1:\d+ came round the hook on fetch/);
  expect(after.stdout).toContain("ok       fetch is hooked");
  expect(after.stdout).not.toContain("round the hook");
  expect(never.stdout).toMatch(/warning {2}fetch was not hooked when 127.0.0.1:\d+ was called/);
});

it("knows flowspan/register, used and not", async () => {
  const node = ["--import", built("register")];

  const unused = await diagnose("", { node });
  const used = await diagnose("flow('agent', () => 1)();", { node });

  expect(unused.lines[0]).toMatch(
    /^warning {2}flowspan\/register is loaded, and nothing was traced/,
  );
  expect(used.lines.slice(0, 2)).toEqual([SENDS, HAS_CONTEXT]);
});

it("ends a program that does not end, and says what a failed one ended with", async () => {
  const endless = await diagnose("start(); setInterval(() => {}, 1000);", {
    options: ["--seconds", "3"],
  });
  const failed = await diagnose("start(); process.exitCode = 7;");

  expect(endless.lines[0]).toBe(SENDS);
  expect(failed.lines).toContain("problem  the command ended with 7. See what it printed.");
});

it("prints what the program prints to stderr, and says what can't be started", async () => {
  const printing = await diagnose("console.log('hello from the program');");
  const folder = tmpdir();
  const unknown = await runFlowspan(["doctor", "--", "no-such-command"], {}, folder).ended;
  const wrong = await runFlowspan(["doctor", "--seconds", "soon"], {}, folder).ended;

  expect(printing.stderr).toContain("hello from the program");
  expect(printing.stdout).not.toContain("hello");
  expect(unknown.stderr).toContain("doctor: no-such-command can't be started.");
  expect(wrong.stderr).toContain("doctor: seconds: expected a number over 0");
});
