import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Api from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager as Manager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { flow, tool } from "../../src/index.ts";
import { start, type Tracing } from "../../src/node/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";
import { CHAT } from "./foreign-span.ts";

/** As it comes about where an SDK pins another version of `@opentelemetry/api` than the program's. */
describe("a second copy of @opentelemetry/api in the process", () => {
  let folder: string;
  let copy: typeof Api;
  let older: typeof Api;
  let sink: LogApiSink;
  let tracing: Tracing | undefined;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "flowspan-copies-"));
    copy = await loadCopy(join(folder, "same"));
    older = await loadCopy(join(folder, "older"), "1.9.0");
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  beforeEach(async () => {
    sink = await startLogApiSink({ batch: true });
  });

  afterEach(async () => {
    await tracing?.shutdown();
    tracing = undefined;
    // What every copy shares, and by which version it was made: each test is a new process.
    Reflect.deleteProperty(globalThis, Symbol.for("opentelemetry.js.api.1"));
    await sink.close();
  });

  const step = tool("step", async (n: number) => n);
  const agent = flow("agent", async (n: number) => step(n));

  it("that the program's provider was registered through takes our spans, nested", async () => {
    const spans: ReadableSpan[] = [];
    const processor = {
      onStart() {},
      onEnd: (span: ReadableSpan) => void spans.push(span),
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    expect(copy.trace).not.toBe(trace);
    copy.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
    copy.context.setGlobalContextManager(new Manager().enable());

    expect(await agent(1)).toBe(1);
    expect(spans.map(({ name }) => name)).toEqual(["step", "agent"]);
    expect(spans[0]?.parentSpanContext?.spanId).toBe(spans[1]?.spanContext().spanId);
  });

  it.each([
    ["of the same version", () => copy],
    ["of an older patch version", () => older],
  ])("%s, used by an SDK, has its spans under ours", async (_which, api) => {
    tracing = start({ url: sink.url });
    const { trace, context } = api();
    const callSdk = async () => {
      const span = trace.getTracer("sdk").startSpan("chat", { attributes: CHAT });
      await context.with(trace.setSpan(context.active(), span), () => step(2));
      span.end();
    };

    await flow("agent", callSdk)();
    await tracing.flush();
    const logs = [...sink.logs.values()];
    expect(logs.map(({ type }) => type)).toEqual(["flow", "prompt", "tool"]);
    expect(logs.map(({ parentId }) => parentId)).toEqual([undefined, logs[0]?.id, logs[1]?.id]);
  });

  it.each<[string, (api: typeof Api, logger: Api.DiagLogger) => void]>([
    ["a logger", (api, logger) => api.diag.setLogger(logger)],
    ["a context manager", (api) => api.context.setGlobalContextManager(new Manager().enable())],
  ])(
    "of another version that registered %s first is named by start(), and calls go on",
    async (_what, register) => {
      const said: string[] = [];
      const note = (message: string) => said.push(message) > 0;
      const logger = { error: note, warn: note, info: note, debug: note, verbose: note };
      vi.spyOn(process.stderr, "write").mockImplementation((text) => note(String(text)));
      register(older, logger);

      tracing = start({ url: sink.url });
      expect(await agent(3)).toBe(3);
      expect(await tracing.shutdown()).toMatchObject({ recorded: 0 });
      vi.restoreAllMocks();
      expect(
        said.filter((text) =>
          text.includes("@opentelemetry/api in this program, got another one, 1.9.0"),
        ),
      ).toHaveLength(1);
    },
  );
});

/** The package under another path, and so another instance; with another version if one is given. */
async function loadCopy(to: string, version?: string): Promise<typeof Api> {
  const require = createRequire(import.meta.url);
  const main = "build/src/index.js";
  const from = require.resolve("@opentelemetry/api").slice(0, -main.length);
  await cp(from, to, { recursive: true });
  if (version !== undefined) {
    const file = join(to, "build/src/version.js");
    const source = await readFile(file, "utf8");
    await writeFile(file, source.replace(/VERSION = '[^']+'/, `VERSION = '${version}'`));
  }
  return createRequire(join(to, "index.js"))(join(to, main));
}
