import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { context, DiagLogLevel, diag, propagation, trace } from "@opentelemetry/api";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import type { Tracing } from "../../src/node/index.ts";
import { start } from "../../src/node/index.ts";
import { flow, prompt, tool, withLogContext } from "../../src/record/index.ts";
import type { LogApiSink } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";

let sink: LogApiSink;
let warnings: string[];
const open: Tracing[] = [];

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
  warnings = [];
  const keep = (text: string): number => warnings.push(text);
  const silent = (): void => {};
  diag.setLogger(
    { error: keep, warn: keep, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
});

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of open.splice(0)) await one.shutdown();
  trace.disable();
  context.disable();
  propagation.disable();
  diag.disable();
  await sink.close();
});

function begin(options: Parameters<typeof start>[0] = {}): Tracing {
  const tracing = start({ url: sink.url, ...options });
  open.push(tracing);
  return tracing;
}

async function runAgent(): Promise<string> {
  const look = tool("agent/look", async (query: string) => `found ${query}`);
  const answer = prompt({ path: "agent/answer", prompt: { model: "m" } }, async (text: string) => {
    return `says ${text}`;
  });
  return flow("agent", async (question: string) => answer(await look(question)))("why");
}

describe("start()", () => {
  it("brings a wrapped program's trace to the Log API", async () => {
    const tracing = begin({ serviceName: "shop", environment: "staging" });

    const result = await withLogContext({ user: "ada" }, runAgent);
    const stats = await tracing.flush();

    expect(result).toBe("says found why");
    const logs = [...sink.logs.values()];
    expect(logs.map((log) => [log.type, log.fields.path])).toEqual([
      ["flow", "agent"],
      ["tool", "agent/look"],
      ["prompt", "agent/answer"],
    ]);
    const [root] = logs;
    expect(logs.slice(1).map((log) => log.parentId)).toEqual([root!.id, root!.id]);
    expect(logs.map((log) => log.fields.environment)).toEqual(["staging", "staging", "staging"]);
    expect(logs.map((log) => log.fields.user)).toEqual(["ada", "ada", "ada"]);
    expect(logs.map((log) => log.fields.source)).toEqual(["shop", "shop", "shop"]);
    expect(sink.completed).toEqual(new Set([root!.id]));
    expect(sink.taken.at(-1)).toBe(`complete ${root!.id}`);
    expect(stats).toMatchObject({ recorded: 3, sent: 3, pending: 0, late: 0, notSampled: 0 });
    expect(warnings).toEqual([]);
  });

  it("leaves a trace open at a flush and completes it at the shutdown", async () => {
    const tracing = begin();
    const step = tool("t", async () => "done");
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const running = flow("long", async () => {
      await step();
      await ended;
    })();
    await new Promise((resolve) => setImmediate(resolve));

    await tracing.flush();
    expect(sink.taken.map((taken) => taken.split(" ")[0])).toEqual(["create", "create"]);

    end();
    await running;
    await tracing.shutdown();
    expect(sink.completed.size).toBe(1);
  });

  it("takes itself out at the shutdown, so that it can be started again", async () => {
    const first = begin();
    const stats = await first.shutdown();
    expect(await first.shutdown()).toBe(stats);
    expect(sharedState().policies.size).toBe(0);
    await runAgent();

    const second = begin();
    await runAgent();
    await second.shutdown();

    expect(sink.logs.size).toBe(3);
  });

  it("says that a second call is one and gives the first one's handle", () => {
    const first = begin();

    const second = begin({ content: "none" });

    expect(second).toBe(first);
    expect(warnings).toEqual([expect.stringContaining("start() was called before")]);
    expect(sharedState().policies.size).toBe(1);
  });

  it("leaves another provider alone and says how to join it", async () => {
    const provider = new BasicTracerProvider();
    trace.setGlobalTracerProvider(provider);

    const tracing = begin();
    await tracing.shutdown();

    expect(warnings).toEqual([expect.stringContaining("new FlowspanSpanProcessor()")]);
    expect(trace.getTracer("t").startSpan("s").isRecording()).toBe(true);
    expect(sharedState().policies.size).toBe(0);
  });

  it.each(["FLOWSPAN_DISABLED", "OTEL_SDK_DISABLED"])("does nothing with %s", async (name) => {
    vi.stubEnv(name, "true");

    const tracing = begin();
    await runAgent();

    expect(await tracing.shutdown()).toMatchObject({ recorded: 0 });
    expect(sink.requests).toEqual([]);
  });

  it("throws for a wrong option before it changes anything", () => {
    expect(() => start({ maxFieldBytes: -1 })).toThrow(RangeError);
    expect(() => start({ otlpUrl: "nowhere" })).toThrow(
      'start(): otlpUrl: expected an http:// or https:// URL, got "nowhere" (string).',
    );
    expect(trace.getTracer("t").startSpan("s").isRecording()).toBe(false);
  });

  it("sends the same spans to an OTLP backend", async () => {
    const seen: { url: string; body: string }[] = [];
    const backend = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on("end", () => {
        seen.push({ url: request.url ?? "", body });
        response.end("{}");
      });
    });
    await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
    const { port } = backend.address() as AddressInfo;

    const tracing = begin({ otlpUrl: `http://127.0.0.1:${port}` });
    await runAgent();
    await tracing.shutdown();
    backend.close();

    expect(seen.map(({ url }) => url)).toEqual(["/v1/traces"]);
    expect(seen[0]!.body).toContain('"agent/look"');
    expect(sink.logs.size).toBe(3);
  });

  it("counts the calls that the sampler left out", async () => {
    vi.stubEnv("OTEL_TRACES_SAMPLER", "always_off");
    const tracing = begin();

    await runAgent();

    expect(await tracing.flush()).toMatchObject({ recorded: 0, notSampled: 3 });
  });

  it("names every option of its own when one is misspelt, and changes nothing", () => {
    expect(() => start({ servicename: "shop" } as never)).toThrow(
      /^start\(\): expected one of .*serviceName, otlpUrl, got servicename \(option\)/,
    );
    expect(sharedState().policies.size).toBe(0);
  });
});
