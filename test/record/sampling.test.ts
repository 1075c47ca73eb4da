import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import { carrier, currentLog, flow, prompt, record, resume, tool } from "../../src/index.ts";
import { start } from "../../src/node/index.ts";
import { FlowspanExporter, FlowspanSpanProcessor } from "../../src/otel/index.ts";
import { type LogApiSink, startLogApiSink } from "../log-api-sink.ts";
import { useRecording } from "./recording.ts";

/** A path, inputs and an output that tell when anything of the call is looked at. */
function watched() {
  const seen: string[] = [];
  const tell = (what: string) => () => {
    seen.push(what);
    return {};
  };
  return { seen, options: { inputs: tell("inputs"), output: tell("output") } };
}

describe("a call that the sampler leaves out", () => {
  const recording = useRecording(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0) }));

  it("runs as ever, with nothing of it looked at, and counts as not sampled", async () => {
    const { seen, options } = watched();
    const before = notSampled();
    const error = new Error("no");

    const result = await flow({ path: "root", ...options }, async (n: number) => {
      record({ user: "u" });
      return tool({ path: "step", ...options }, (m: number) => m + 1)(n);
    })(1);
    expect(() =>
      prompt({ path: "fails", ...options }, () => {
        throw error;
      })(),
    ).toThrow(error);

    expect(result).toBe(2);
    expect(seen).toEqual([]);
    expect(recording.spans()).toEqual([]);
    expect(notSampled() - before).toBe(3);
  });

  it("keeps its context active, so that foreign and own spans below follow the decision", () => {
    const [traceIds, isRecording] = flow("root", () => {
      const span = trace.getTracer("other").startSpan("below");
      const ids = [trace.getActiveSpan(), span].map((each) => each?.spanContext().traceId);
      return [[...ids, tool("step", currentLog)().id.slice(4, 36)], span.isRecording()];
    })();

    expect(new Set(traceIds as string[]).size).toBe(1);
    expect(isRecording).toBe(false);
  });

  it("passes the decision on with its carrier, and names no log", () => {
    const taken = flow("root", carrier)();
    const below = resume(taken, () => tool("step", carrier)());

    expect(taken.traceparent).toMatch(/-00$/);
    expect(below.traceparent).toMatch(/-00$/);
    expect(taken.baggage).toBeUndefined();
    expect(recording.spans()).toEqual([]);
  });

  it("is recorded where a sampled carrier is resumed", () => {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

    resume(
      { traceparent },
      tool("step", () => {}),
    );

    expect(recording.span("step").spanContext().traceId).toBe("a".repeat(32));
  });

  it("reads generators and streams without recording them", async () => {
    const numbers = flow("numbers", function* () {
      yield* [1, 2];
    });
    const stream = flow("stream", async () => new Blob(["text"]).stream());

    expect([...numbers()]).toEqual([1, 2]);
    expect(await new Response(await stream()).text()).toBe("text");
    expect(recording.spans()).toEqual([]);
  });
});

function notSampled(): number {
  return sharedState().notSampled;
}

describe("a share of the traces", () => {
  let sink: LogApiSink;

  beforeEach(async () => {
    sink = await startLogApiSink({ batch: true });
  });

  afterEach(async () => {
    for (const api of [trace, context, propagation]) api.disable();
    vi.unstubAllEnvs();
    await sink.close();
  });

  function begin(sampler: Sampler): FlowspanSpanProcessor {
    const processor = new FlowspanSpanProcessor({ url: sink.url });
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({ sampler, spanProcessors: [processor] }),
    );
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    return processor;
  }

  it("is sent whole: every trace with all of its logs, or nothing of it", async () => {
    const processor = begin(new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.5) }));

    for (let n = 0; n < 200; n++) flow("root", () => tool("step", () => n)())();
    await processor.shutdown();

    const stats = processor.stats()!;
    expect(stats.recorded + stats.notSampled).toBe(400);
    expect(stats.recorded).toBe(sink.completed.size * 2);
    expect(sink.completed.size).toBeGreaterThan(50);
    expect(sink.completed.size).toBeLessThan(150);
  });

  it("holds parts that a sampler without regard to parents has cut a trace into", async () => {
    const byName: Sampler = {
      shouldSample: (_context, _traceId, name) => ({ decision: name === "left out" ? 0 : 2 }),
      toString: () => "by name",
    };
    const processor = begin(byName);

    flow("left out", () => {
      expect(tool("one", carrier)()).not.toHaveProperty("baggage");
      tool("two", () => 2)();
    })();
    await processor.shutdown();

    expect([...sink.logs.values()].map(({ fields }) => fields.path).sort()).toEqual(["one", "two"]);
    expect(processor.stats()).toMatchObject({ recorded: 2, sent: 2, notSampled: 1 });
  });

  it("starts anew where a resumed trace was left out but this process samples", async () => {
    const processor = begin(new AlwaysOnSampler());
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-00`;

    resume(
      { traceparent },
      flow("root", () => tool("step", () => 1)()),
    );
    await processor.shutdown();

    const [root, step] = [...sink.logs.values()];
    expect([root!.parentId, step!.parentId]).toEqual([undefined, root!.id]);
    expect(sink.completed).toEqual(new Set([root!.id]));
  });

  it.each(["FLOWSPAN_DISABLED", "OTEL_SDK_DISABLED"])(
    "is nothing with %s: start() gives direct calls",
    async (name) => {
      vi.stubEnv(name, "true");
      const { seen, options } = watched();

      const tracing = start({ url: sink.url });
      const result = flow({ path: "root", ...options }, () => carrier())();

      expect(result).toEqual({});
      expect(seen).toEqual([]);
      expect(await tracing.shutdown()).toMatchObject({ recorded: 0, notSampled: 0 });
      expect(sink.requests).toEqual([]);
    },
  );

  it.each(["FLOWSPAN_DISABLED", "OTEL_SDK_DISABLED"])(
    "is nothing with %s in a setup that goes on without us",
    async (name) => {
      vi.stubEnv(name, "1");
      const processor = begin(new AlwaysOnSampler());
      const exporter = new FlowspanExporter({ url: sink.url });

      flow("root", () => tool("step", () => 1)())();
      exporter.export([], () => {});
      await Promise.all([processor.shutdown(), exporter.shutdown()]);

      expect(processor.stats()).toBeUndefined();
      expect(sink.requests).toEqual([]);
    },
  );
});
