import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { flow, tool } from "../../src/index.ts";
import { FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** The most that one field may take, in bytes. */
const CAP = 256 * 1024;

/** How many are still held, some collections later. */
async function held(references: readonly WeakRef<object>[]): Promise<number> {
  for (let round = 0; round < 6; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return references.filter((reference) => reference.deref() !== undefined).length;
}

describe("memory", () => {
  let sink: LogApiSink;
  let flowspan: FlowspanSpanProcessor;
  /** Every span that has ended. */
  let spans: WeakRef<ReadableSpan>[];

  beforeEach(async () => {
    sink = await startLogApiSink({ batch: true });
    spans = [];
    flowspan = new FlowspanSpanProcessor({ url: sink.url, maxFieldBytes: CAP });
    const watch = {
      onStart() {},
      onEnd: (span: ReadableSpan) => void spans.push(new WeakRef(span)),
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const provider = new BasicTracerProvider({ spanProcessors: [flowspan, watch] });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });

  afterEach(async () => {
    trace.disable();
    context.disable();
    await flowspan.shutdown();
    await sink.close();
  });

  it("of requests that made wrappers of their own is all let go when their logs are sent", async () => {
    const made: WeakRef<object>[] = [];
    const serve = async (n: number): Promise<void> => {
      const input = { n, text: "x".repeat(1_000) };
      const child = tool("child", async (given: object) => ({ given }));
      const handler = flow("request", async (given: object) => [
        await child(given),
        await child(given),
      ]);
      made.push(new WeakRef(input), new WeakRef(child), new WeakRef(handler));
      await handler(input);
    };

    for (let n = 0; n < 200; n++) await serve(n);
    await flowspan.forceFlush();
    expect(flowspan.stats()).toMatchObject({ sent: 600, pending: 0 });
    expect(spans).toHaveLength(600);
    expect(await held(made)).toBe(0);
    expect(await held(spans)).toBe(0);
  });

  it("of ended children is let go while their parent is still open", async () => {
    const child = tool("child", async (n: number) => "y".repeat(n));
    const results: WeakRef<object>[] = [];
    let whileOpen: number | undefined;
    const agent = flow("agent", async () => {
      for (let n = 0; n < 100; n++) results.push(new WeakRef(await make(child, n)));
      await flowspan.forceFlush();
      whileOpen = (await held(spans)) + (await held(results));
    });

    await agent();
    expect(spans).toHaveLength(101);
    // The last result may still stand in a register of the running function.
    expect(whileOpen).toBeLessThanOrEqual(2);
  });

  it("holds no agent's state, only its text up to the cap, however often it is passed on", async () => {
    const states: WeakRef<object>[] = [];
    const node = tool("node", async (state: { history: string[] }) => ({
      history: [...state.history, "z".repeat(30_000)],
    }));
    const graph = flow("graph", async () => {
      let state: { history: string[] } = { history: [] };
      for (let n = 0; n < 40; n++) {
        state = await node(state);
        states.push(new WeakRef(state));
      }
      return state.history.length;
    });

    expect(await graph()).toBe(40);
    await flowspan.forceFlush();
    expect(await held(states)).toBe(0);
    const sizes = [...sink.logs.values()].map(({ fields }) => JSON.stringify(fields.output).length);
    expect(sizes).toHaveLength(41);
    expect(Math.max(...sizes)).toBeLessThan(CAP);
    expect(flowspan.stats()).toMatchObject({ sent: 41, dropped: {} });
    expect(await held(spans)).toBe(0);
  });
});

/** A result in an object of its own, so that nothing else holds it. */
async function make(child: (n: number) => Promise<string>, n: number): Promise<{ text: string }> {
  return { text: await child(n) };
}
