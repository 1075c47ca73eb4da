import { type Attributes, context, diag, propagation, type Span, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { carrier, flow, prompt, tool } from "../../src/index.ts";
import {
  type FinishedTrace,
  FlowspanExporter,
  type FlowspanOptions,
  FlowspanSpanProcessor,
  type FlowspanStats,
  type KeepTrace,
} from "../../src/otel/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";
import { AGENT, CHAT } from "./spans.ts";

let sink: LogApiSink;
let processor: FlowspanSpanProcessor;

beforeEach(async () => {
  sink = await startLogApiSink({ batch: true });
});

afterEach(async () => {
  await processor?.shutdown();
  for (const api of [trace, context, propagation, diag]) api.disable();
  await sink.close();
});

/** A real SDK with the processor on it. */
function begin(keep: KeepTrace, more: FlowspanOptions = {}): void {
  processor = new FlowspanSpanProcessor({ url: sink.url, keep, ...more });
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

function startSpan(attributes: Attributes, parent?: Span): Span {
  const above = parent === undefined ? context.active() : trace.setSpan(context.active(), parent);
  return trace.getTracer("other").startSpan("work", { attributes }, above);
}

async function stats(): Promise<FlowspanStats> {
  await processor.forceFlush();
  const now = processor.stats();
  if (now === undefined) throw new Error("it is disabled");
  const lost = Object.values(now.dropped).reduce((sum, count) => sum + count, 0);
  expect(now.recorded).toBe(now.sent + now.pending + lost);
  return now;
}

const agent = flow("agent", (fails: boolean) => {
  tool("look", () => "found")();
  return prompt("answer", () => {
    if (fails) throw new TypeError("no answer");
    return "answer";
  })();
});

function fail(): void {
  expect(() => agent(true)).toThrow("no answer");
}

describe("keep", () => {
  it("sends the traces that it gives true for and drops the others, counted", async () => {
    begin(({ hasError }) => hasError);

    agent(false);
    fail();
    agent(false);

    expect(await stats()).toMatchObject({ recorded: 9, sent: 3, dropped: { "not-kept": 6 } });
    expect([...sink.logs.values()].map(({ fields }) => fields.path)).toEqual([
      "agent",
      "look",
      "answer",
    ]);
    expect(sink.completed.size).toBe(1);
  });

  it("gets the finished trace's logs with their outcomes, the root first", async () => {
    const asked: FinishedTrace[] = [];
    begin((finished) => asked.push(finished) > 0);

    fail();
    await processor.forceFlush();

    const [root] = [...sink.logs.keys()];
    const log = { id: expect.stringMatching(/^log_/), durationMillis: expect.any(Number) };
    expect(asked).toEqual([
      {
        id: root,
        durationMillis: expect.any(Number),
        outcome: "error",
        hasError: true,
        logs: [
          { ...log, type: "flow", path: "agent", outcome: "error", error: "TypeError: no answer" },
          { ...log, type: "tool", path: "look", outcome: "ok", error: undefined },
          { ...log, type: "prompt", path: "answer", outcome: "error", error: expect.any(String) },
        ],
      },
    ]);
  });

  it("tells how long the trace and each log took", async () => {
    const asked: FinishedTrace[] = [];
    begin((finished) => asked.push(finished) > 0);
    const wait = tool("wait", () => new Promise((resolve) => setTimeout(resolve, 30)));

    await flow("slow", async () => {
      await wait();
      await wait();
    })();

    const [finished] = asked;
    const [root, first] = finished!.logs;
    expect(finished!.durationMillis).toBeGreaterThanOrEqual(55);
    expect(finished!.durationMillis).toBeGreaterThanOrEqual(root!.durationMillis);
    expect(first!.durationMillis).toBeGreaterThanOrEqual(25);
    expect(first!.durationMillis).toBeLessThan(root!.durationMillis);
  });

  it("is asked for each trace by itself, and for a log that is alone", async () => {
    const asked: FinishedTrace[] = [];
    begin((finished) => asked.push(finished) > 0, { prices: false });

    const http = startSpan({});
    for (const _ of [1, 2]) {
      const topmost = startSpan(AGENT, http);
      startSpan(CHAT, topmost).end();
      topmost.end();
    }
    http.end();
    startSpan(CHAT).end();

    expect(asked.map(({ logs }) => logs.map(({ type }) => type))).toEqual([
      ["flow", "prompt"],
      ["flow", "prompt"],
      ["prompt"],
    ]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(3);
  });

  it("sends nothing of an open trace, however long it is open", async () => {
    const keep = vi.fn(() => true);
    begin(keep, { lateSpanMillis: 50 });

    const topmost = startSpan(AGENT);
    startSpan(CHAT, topmost).end();
    trace.setSpan(context.active(), topmost);
    context.with(trace.setSpan(context.active(), topmost), carrier);
    await new Promise((resolve) => setTimeout(resolve, 300));

    expect(keep).not.toHaveBeenCalled();
    expect(sink.requests).toEqual([]);
    topmost.end();
    await processor.shutdown();
    expect(keep).toHaveBeenCalledOnce();
    expect(sink.completed.size).toBe(1);
  });

  it("decides at a flush by what is there, and the rest goes the same way", async () => {
    const asked: FinishedTrace[] = [];
    begin((finished) => {
      asked.push(finished);
      return asked.length > 1;
    });

    const [first, second] = [startSpan(AGENT), startSpan(AGENT)];
    startSpan(CHAT, first).end();
    expect(await stats()).toMatchObject({ dropped: { "not-kept": 2 } });
    startSpan(CHAT, first).end();
    startSpan(CHAT, second).end();
    first.end();
    second.end();

    expect(await stats()).toMatchObject({ recorded: 5, sent: 2, dropped: { "not-kept": 3 } });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ outcome: undefined, logs: [{ outcome: undefined }, {}] });
  });

  it("decides at the shutdown by what is there", async () => {
    begin(({ logs }) => logs.length > 1);
    const [first, second] = [startSpan(AGENT), startSpan(AGENT)];
    startSpan(CHAT, second).end();

    await processor.shutdown();
    first.end();
    second.end();

    expect(await stats()).toMatchObject({ recorded: 3, sent: 2, dropped: { "not-kept": 1 } });
  });

  it("drops and counts what comes late of a dropped trace, and sends it of a kept one", async () => {
    begin(({ hasError }) => hasError, { lateSpanMillis: 0 });
    const ended: Span[] = [];
    for (const fails of [true, false]) {
      const topmost = startSpan(AGENT);
      ended.push(startSpan(CHAT, topmost));
      if (fails) topmost.setStatus({ code: 2, message: "no" });
      topmost.end();
    }
    await expect.poll(() => sink.completed.size, { timeout: 5_000 }).toBe(1);

    for (const late of ended) late.end();
    await expect.poll(async () => (await stats()).recorded, { timeout: 5_000 }).toBe(4);

    expect(await stats()).toMatchObject({ sent: 2, late: 2, dropped: { "not-kept": 2 } });
    expect([...sink.logs.values()].map(({ type }) => type)).toEqual(["flow", "prompt"]);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("a bug in keep");
      },
    ],
    ["gives no boolean", () => undefined],
    ["gives a promise", async () => false],
    ["gives a promise that fails", async () => Promise.reject(new Error("late"))],
  ])("keeps the trace and says so once when it %s", async (_, keep) => {
    const warn = vi.fn();
    const silent = () => {};
    diag.setLogger({ warn, error: warn, info: silent, debug: silent, verbose: silent });
    begin(keep as KeepTrace);

    agent(false);
    agent(false);

    expect(await stats()).toMatchObject({ sent: 6, dropped: {} });
    expect(warn).toHaveBeenCalledOnce();
    expect(String(warn.mock.calls)).toContain("keep");
  });

  it.each<FlowspanOptions>([{ live: true }, { openTraceMillis: 100 }])(
    "is refused beside %j, which sends what is not finished",
    (more) => {
      expect(() => new FlowspanSpanProcessor({ keep: () => true, ...more })).toThrow(
        /^FlowspanSpanProcessor: keep: expected no live and no openTraceMillis beside it/,
      );
    },
  );

  it("is refused by the exporter and for anything but a function", () => {
    expect(() => new FlowspanExporter({ keep: () => true } as never)).toThrow(
      "FlowspanExporter: expected no keep, got one (option). Use FlowspanSpanProcessor",
    );
    expect(() => new FlowspanSpanProcessor({ keep: true as never })).toThrow(
      "FlowspanSpanProcessor: keep: expected a function, got true (boolean).",
    );
  });
});
