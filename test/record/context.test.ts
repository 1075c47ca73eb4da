import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { context, propagation, type Tracer, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  type ReadableSpan,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, describe, expect, it } from "vitest";
import {
  carrier,
  currentLog,
  flow,
  prompt,
  record,
  resume,
  tool,
  withLogContext,
} from "../../src/index.ts";
import { FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { useRecording } from "./recording.ts";

/** Keeps finished spans. */
class Spans implements SpanProcessor {
  readonly ended: ReadableSpan[] = [];

  get names(): string[] {
    return this.ended.map(({ name }) => name);
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.ended.push(span);
  }

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

describe("the context of a call", () => {
  const recording = useRecording();
  const parentOf = (name: string) => recording.span(name).parentSpanContext?.spanId;
  const idOf = (name: string) => recording.span(name).spanContext().spanId;
  const userOf = (name: string) => recording.fields(name).user;

  it.each<[string, (run: () => void) => unknown]>([
    ["setTimeout", (run) => setTimeout(run, 1)],
    ["setImmediate", (run) => setImmediate(run)],
    ["queueMicrotask", (run) => queueMicrotask(run)],
    ["process.nextTick", (run) => process.nextTick(run)],
    ["a promise's then", (run) => Promise.resolve().then(run)],
    [
      "setInterval",
      (run) => {
        const timer = setInterval(() => {
          clearInterval(timer);
          run();
        }, 1);
      },
    ],
  ])("reaches what %s runs, after the call's own end too", async (_, schedule) => {
    const leaf = tool("leaf", () => 1);
    const done = new Promise<void>((resolve) => {
      withLogContext({ user: "ada" }, () =>
        flow("root", () => {
          schedule(() => {
            leaf();
            resolve();
          });
        })(),
      );
    });

    await done;

    expect(recording.spans().map(({ name }) => name)).toEqual(["root", "leaf"]);
    expect(parentOf("leaf")).toBe(idOf("root"));
    expect(userOf("leaf")).toBe("ada");
  });

  it("keeps fields of withLogContext apart across awaits of calls side by side", async () => {
    const step = tool((_user: string, n: number) => n);
    const run = (user: string) =>
      withLogContext({ user }, async () => {
        for (let n = 0; n < 3; n++) {
          await sleep(1);
          await tool(`${user}/${n}`, async () => step(user, n))();
        }
      });

    await Promise.all(["ada", "bob", "cy"].map(run));

    const outer = recording.spans().filter(({ name }) => name.includes("/"));
    expect(outer).toHaveLength(9);
    for (const { name } of outer) expect(userOf(name)).toBe(name.split("/")[0]);
  });

  it("is the emitter's in an event's listener, as Node has it, and the listener's own if bound", () => {
    const emitter = new EventEmitter();
    flow("listens", () => {
      emitter.on("job", () => tool("plain", () => 1)());
      emitter.on(
        "job",
        context.bind(context.active(), () => tool("bound", () => 1)()),
      );
    })();

    flow("emits", () => emitter.emit("job"))();

    expect(parentOf("plain")).toBe(idOf("emits"));
    expect(parentOf("bound")).toBe(idOf("listens"));
  });

  it("goes with a queued job by context.bind and by a carrier, not by itself", async () => {
    const queue: (() => unknown)[] = [];
    const push = (run: () => unknown) => queue.push(run);
    flow("producer", () => {
      const taken = carrier();
      push(context.bind(context.active(), () => tool("bound", () => 1)()));
      push(() => resume(taken, () => tool("resumed", () => 1)()));
      push(() => tool("bare", () => 1)());
    })();

    await flow("worker", async () => {
      for (const run of queue) await run();
    })();

    expect(parentOf("bound")).toBe(idOf("producer"));
    expect(parentOf("resumed")).toBe(idOf("producer"));
    expect(parentOf("bare")).toBe(idOf("worker"));
  });

  it("is left with the call: nothing of it is active behind", async () => {
    const pending = flow("root", async () => {
      await sleep(1);
    })();

    expect(currentLog()).toEqual({ id: "", traceId: "", url: "" });
    expect(carrier()).toEqual({});
    await pending;
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});

describe("providers", () => {
  afterEach(() => {
    for (const api of [trace, context, propagation]) api.disable();
  });

  const manage = () =>
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

  it("registered late record the calls after that, of functions wrapped before", () => {
    const spans = new Spans();
    const agent = flow("agent", (n: number) => n + 1);
    class Host {
      @tool("host/run") run(n: number): number {
        return agent(n);
      }
    }
    const host = new Host();

    const before = host.run(1);
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [spans] }));
    manage();
    const after = host.run(1);

    expect([before, after]).toEqual([2, 2]);
    expect(spans.names).toEqual(["agent", "host/run"]);
  });

  it("registered while a call is under way record the calls inside it that come after", async () => {
    const spans = new Spans();

    await flow("under way", async () => {
      trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [spans] }));
      manage();
      await tool("after", async () => 1)();
      record({ user: "u" });
    })();

    expect(spans.names).toEqual(["after"]);
    expect(spans.ended[0]!.parentSpanContext).toBeUndefined();
  });

  it("taken away leave direct calls, and others in their place record", () => {
    const [first, second] = [new Spans(), new Spans()];
    const agent = flow("agent", () => 1);
    for (const spans of [first, second]) {
      trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [spans] }));
      agent();
      trace.disable();
      agent();
    }

    expect([first.names, second.names]).toEqual([["agent"], ["agent"]]);
  });

  it("side by side: our calls go to the global one, an isolated one's spans work on", async () => {
    const [ours, theirs] = [await startLogApiSink({ batch: true }), new Spans()];
    const processor = new FlowspanSpanProcessor({ url: ours.url });
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
    manage();
    const isolated: Tracer = new BasicTracerProvider({ spanProcessors: [theirs] }).getTracer("db");

    await flow("root", () =>
      isolated.startActiveSpan("isolated", async (span) => {
        await prompt("inside", async () => "x")();
        span.setAttribute("rows", 1);
        span.end();
      }),
    )();
    await tool("beside", async () => 1)();
    await processor.shutdown();
    await ours.close();

    expect(theirs.ended.map(({ name, attributes }) => [name, attributes])).toEqual([
      ["isolated", { rows: 1 }],
    ]);
    const paths = [...ours.logs.values()].map(({ parentId, fields }) => [
      fields.path,
      ours.logs.get(parentId ?? "")?.fields.path,
    ]);
    expect(paths.sort()).toEqual([
      ["beside", undefined],
      ["inside", "root"],
      ["root", undefined],
    ]);
    expect(processor.stats()).toMatchObject({ recorded: 3, sent: 3, dropped: {} });
  });
});

describe("without a context manager", () => {
  afterEach(() => trace.disable());

  it("calls are recorded, each by itself: what is inside is a root, too", async () => {
    const sink = await startLogApiSink({ batch: true });
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));

    const result = await flow("root", async (n: number) => {
      record({ user: "nobody is open" });
      const taken = carrier();
      return withLogContext({ user: "u" }, () => resume(taken, () => tool("step", () => n + 1)()));
    })(1);
    await processor.shutdown();
    await sink.close();

    expect(result).toBe(2);
    const logs = [...sink.logs.values()];
    expect(logs.map(({ type, parentId, fields }) => [type, parentId, fields.user])).toEqual(
      expect.arrayContaining([
        ["flow", undefined, undefined],
        ["tool", undefined, undefined],
      ]),
    );
    expect(logs).toHaveLength(2);
    expect(sink.completed.size).toBe(1);
  });

  it("generators, streams and errors come through as they are", async () => {
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new Spans()] }));
    const error = new Error("no");

    const numbers = flow("numbers", async function* () {
      yield 1;
      yield 2;
    });
    const got: number[] = [];
    for await (const n of numbers()) got.push(n);
    const failing = tool("fails", async () => {
      throw error;
    });

    expect(got).toEqual([1, 2]);
    await expect(failing()).rejects.toBe(error);
    expect(await new Response(flow("s", () => new Blob(["t"]).stream())()).text()).toBe("t");
  });
});
