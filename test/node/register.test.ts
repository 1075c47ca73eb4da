import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { LogApiSink } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const entry = (name: string): string => join(ROOT, "src", name);
const ESM = ["--import", "./register.mjs"];
const CJS = ["-r", "./cjs/register.cjs"];
const IMPORTS = `
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { carrier, flow, resume, tool, withLogContext } from "./flowspan.mjs";
import { start } from "./node.mjs";
import { FlowspanSpanProcessor } from "./otel.mjs";
import { Worker } from "node:worker_threads";
import { fork } from "node:child_process";
const REGISTRY = Symbol.for("opentelemetry.js.api.1");
const agent = flow("agent", () => look());
const look = tool("look", () => 1);
const exporter = new InMemorySpanExporter();
const names = () => exporter.getFinishedSpans().map(({ name }) => name).sort().join();
const setUp = (...more) => {
  const spanProcessors = [new SimpleSpanProcessor(exporter), ...more];
  const taken = [
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors })),
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()),
    propagation.setGlobalPropagator({ inject() {}, extract: (context) => context, fields: () => [] }),
  ];
  console.log(taken.join());
};
`;

let folder: string;
let sink: LogApiSink;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flowspan-register-"));
  // Not bundled, so that the programs and this library have one copy of OTel's API.
  await symlink(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const shared = {
    bundle: true,
    packages: "external",
    platform: "node",
    logLevel: "silent",
  } as const;
  const entryPoints = {
    register: entry("node/register.ts"),
    flowspan: entry("index.ts"),
    node: entry("node/index.ts"),
    otel: entry("otel/index.ts"),
  };
  await build({
    ...shared,
    entryPoints,
    format: "esm",
    splitting: true,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
  });
  await build({
    ...shared,
    entryPoints,
    format: "cjs",
    outdir: join(folder, "cjs"),
    outExtension: { ".js": ".cjs" },
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
});

afterEach(() => sink.close());

/** Runs a program, preloaded as the arguments say; gives what it printed and how it ended. */
async function run(
  program: string,
  { preload = ESM, env = {} }: { preload?: string[]; env?: Record<string, string> } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = join(folder, `program-${++count}.mjs`);
  await writeFile(file, IMPORTS + program);
  const child = spawn(process.execPath, [...preload, file], {
    cwd: folder,
    env: { ...process.env, FLOWSPAN_URL: sink.url, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (part: Buffer) => {
      printed[name] += part.toString();
    });
  }
  const [code] = await once(child, "close");
  return { code, ...printed };
}

/** The logs that came, each with the path of the one above it, and how often it was made. */
function came(): string[] {
  const logs = [...sink.logs.values()];
  return logs
    .map(({ fields, parentId, creates }) => {
      const above = logs.find(({ id }) => id === parentId)?.fields.path;
      return `${above ? `${above} > ` : ""}${fields.path}${creates > 1 ? ` ${creates} times` : ""}`;
    })
    .sort();
}

const ONE_CALL = ["agent", "agent > look"];

it.each([
  ["--import", ESM],
  ["-r, from a copy of its own", CJS],
  ["both, which act once", [...ESM, ...CJS]],
  ["--import said twice", [...ESM, ...ESM]],
])("traces a program that knows nothing of it, by %s", async (_way, preload) => {
  const ended = await run("agent();", { preload });

  expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(came()).toEqual(ONE_CALL);
});

it("registers nothing with OTel's API before tracing is used", async () => {
  const ended = await run(
    "console.log(globalThis[REGISTRY]); agent(); console.log(Object.keys(globalThis[REGISTRY]).sort().join());",
  );

  expect(ended.stdout).toBe("undefined\ncontext,diag,propagation,trace,version\n");
});

it.each([["FLOWSPAN_DISABLED"], ["OTEL_SDK_DISABLED"]])("does nothing with %s", async (name) => {
  const ended = await run(
    "const kept = fetch; agent(); console.log(kept.name, globalThis[REGISTRY]);",
    {
      env: { [name]: "true" },
    },
  );

  expect(ended).toEqual({ code: 0, stdout: "fetch undefined\n", stderr: "" });
  expect(came()).toEqual([]);
});

it("says what can't be used, and lets the program run", async () => {
  const ended = await run("console.log(agent());", { env: { FLOWSPAN_URL: "nowhere" } });

  expect(ended).toMatchObject({ code: 0, stdout: "1\n" });
  expect(ended.stderr).toMatch(
    /^warning: flowspan: nothing is recorded. start\(\): FLOWSPAN_URL: expected/,
  );
});

it("leaves the globals to a program that registers before its first span, and takes its spans", async () => {
  const ended = await run(`
    const early = trace.getTracer("early");
    setUp();
    agent();
    early.startSpan("foreign", { attributes: { "gen_ai.operation.name": "chat" } }).end();
    console.log(names());`);

  expect(ended).toEqual({ code: 0, stdout: "true,true,true\nagent,foreign,look\n", stderr: "" });
  expect(came()).toEqual([...ONE_CALL, expect.stringMatching(/chat|prompt/)]);
});

it("makes room for a program that registers after its first span", async () => {
  const ended = await run(`
    const early = trace.getTracer("early");
    early.startSpan("kept").end();
    agent();
    setUp();
    agent();
    early.startSpan("foreign").end();
    console.log(names());`);

  expect(ended).toEqual({ code: 0, stdout: "true,true,true\nagent,foreign,look\n", stderr: "" });
  expect(came()).toEqual(["agent", "agent", "agent > look", "agent > look"]);
});

it("joins a provider that was registered before it", async () => {
  await writeFile(join(folder, "before.mjs"), `${IMPORTS}setUp();`);

  const ended = await run("agent();", { preload: ["--import", "./before.mjs", ...ESM] });

  expect(ended).toMatchObject({ code: 0, stderr: "" });
  expect(came()).toEqual(ONE_CALL);
});

it.each([
  ["before", "setUp(new FlowspanSpanProcessor()); agent();", ONE_CALL],
  [
    "after",
    "agent(); setUp(new FlowspanSpanProcessor()); agent();",
    ["agent", ...ONE_CALL, "agent > look"],
  ],
])(
  "sends nothing twice where the program adds flowspan itself %s its first span",
  async (_when, program, expected) => {
    const ended = await run(
      `${program} await trace.getTracerProvider().getDelegate().forceFlush();`,
    );

    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(came()).toEqual(expected);
  },
);

it("leaves tracing to start(), or gives it its own", async () => {
  const before = await run("const tracing = start(); agent(); await tracing.shutdown();");
  const paths = came();
  const after = await run("agent(); const tracing = start(); agent(); await tracing.shutdown();");

  expect(before).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(paths).toEqual(ONE_CALL);
  expect(after.stderr).toContain("start() was called before");
  expect(came()).toEqual([...Array(3).fill("agent"), ...Array(3).fill("agent > look")]);
});

it("says once that a provider takes no span processor, and leaves it in force", async () => {
  const ended = await run(`
    const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer("x");
    trace.setGlobalTracerProvider({ getTracer: () => tracer });
    agent(); agent();
    console.log(names());`);

  expect(ended).toMatchObject({ code: 0, stdout: "agent,agent,look,look\n" });
  expect(ended.stderr.match(/takes no span processor/g)).toHaveLength(1);
  expect(came()).toEqual([]);
});

it("is ready for what is set or resumed before the first span", async () => {
  const ended = await run(`
    await withLogContext({ user: "ada" }, async () => {
      await null;
      agent();
    });`);
  const logs = [...sink.logs.values()];
  const resumed = await run(`
    const traceparent = "00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01";
    resume({ traceparent }, () => agent());`);
  const extracted = await run(`
    const traceparent = "00-" + "ef".repeat(16) + "-" + "cd".repeat(8) + "-01";
    context.with(propagation.extract(context.active(), { traceparent }), () => agent());`);

  expect(ended.code + resumed.code + extracted.code).toBe(0);
  expect(logs.map(({ fields }) => fields.user)).toEqual(["ada", "ada"]);
  for (const traceId of ["ab".repeat(16), "ef".repeat(16)]) {
    const ids = [...sink.logs.keys()].filter((id) => id.startsWith(`log_${traceId}`));
    expect(ids).toHaveLength(2);
  }
});

it("traces worker threads and child processes, which are preloaded, too", async () => {
  await writeFile(join(folder, "inner.mjs"), `${IMPORTS}agent();`);

  const ended = await run(`
    const worker = new Worker(new URL("./inner.mjs", import.meta.url));
    await new Promise((resolve) => worker.on("exit", resolve));
    const child = fork(new URL("./inner.mjs", import.meta.url));
    await new Promise((resolve) => child.on("exit", resolve));`);

  expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(came()).toEqual(["agent", "agent", "agent > look", "agent > look"]);
});

it("does not end the program where another version of the API has registered first", async () => {
  const ended = await run(`
    globalThis[REGISTRY] = { version: "1.0.0", metrics: {} };
    console.log(agent());`);

  expect(ended).toMatchObject({ code: 0, stdout: "1\n" });
  expect(ended.stderr).toContain("flowspan/register: expected one version of @opentelemetry/api");
  expect(ended.stderr).toContain("1.0.0");
});
