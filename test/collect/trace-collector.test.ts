import { describe, expect, it } from "vitest";
import type { SpanView } from "../../src/base/span-view.ts";
import type { TraceCollectorOptions } from "../../src/collect/collector-options.ts";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { foreign, logId, own, request, span } from "../assemble/spans.ts";
import { FakeTimers, MemorySink, sdkSpan } from "./fakes.ts";

function setUp(options: Partial<TraceCollectorOptions> = {}) {
  const sink = new MemorySink();
  const timers = new FakeTimers();
  const collector = new TraceCollector({
    sink,
    timers,
    seesStarts: true,
    openTraceMillis: 2000,
    lateSpanMillis: 1000,
    ...options,
  });
  return { sink, timers, collector };
}

/** Starts a span; the returned function ends it. */
function start(collector: TraceCollector, view: SpanView): () => void {
  const live = sdkSpan(view, false);
  collector.spanStarted(live);
  return () => {
    live.ended = true;
    collector.spanEnded(live);
  };
}

describe("a collector that sees starts", () => {
  it("keeps a call back while its streamed answer is read, and then gives one log", () => {
    const { sink, collector, timers } = setUp();
    const endFlow = start(collector, own("flow", 1, undefined));
    const endCall = start(collector, foreign("chat", 2, 1));
    const endInside = start(collector, foreign("execute_tool", 3, 2));
    const endRequest = start(collector, request(4, 2, { prompt_tokens: 12 }));

    endInside();
    endCall();
    timers.advance(5_000);
    collector.flush();
    expect(sink.lines).toEqual(["create 0001"]);
    endRequest();
    collector.flush();
    endFlow();

    expect(sink.lines).toEqual([
      "create 0001",
      "create 0002",
      "create 0003",
      "update 0001",
      "complete 0001",
    ]);
    const call = sink.operations.find(({ log }) => log.id === logId(2));
    expect(call?.log.fields.prompt_tokens).toBe("12");
    expect(collector.stats()).toMatchObject({ pendingSpans: 0, openSpans: 0, failed: 0 });
  });

  it("hands a tree over whole, once, as soon as its root has ended", () => {
    const { sink, collector } = setUp();
    const endFlow = start(collector, own("flow", 1, undefined));
    const endPrompt = start(collector, own("prompt", 2, 1));

    endPrompt();
    expect(sink.lines).toEqual([]);
    endFlow();

    expect(sink.lines).toEqual(["create 0001", "create 0002", "complete 0001"]);
    expect(sink.submissions).toHaveLength(1);
    expect(collector.stats()).toMatchObject({ pendingSpans: 0, openSpans: 0, late: 0, failed: 0 });
  });

  it("waits for children that are open after their root, then completes", () => {
    const { sink, timers, collector } = setUp();
    const endFlow = start(collector, own("flow", 1, undefined));
    const endTool = start(collector, own("tool", 2, 1));

    endFlow();
    timers.advance(900);
    expect(sink.lines).toEqual([]);
    endTool();

    expect(sink.lines).toEqual(["create 0001", "create 0002", "complete 0001"]);
  });

  it("waits no longer than lateSpanMillis, and sends what ends later as late", () => {
    const { sink, timers, collector } = setUp();
    const endFlow = start(collector, own("flow", 1, undefined));
    const endTool = start(collector, own("tool", 2, 1));

    endFlow();
    timers.advance(1500);
    expect(sink.lines).toEqual(["create 0001", "complete 0001"]);
    endTool();
    timers.advance(500);

    expect(sink.lines).toEqual(["create 0001", "complete 0001", "create 0002"]);
    expect(collector.stats().late).toBe(1);
    expect(timers.running).toBe(0);
  });

  it("opens a long trace: Flow and ended children first, update and completion at the end", () => {
    const { sink, timers, collector } = setUp();
    const endFlow = start(collector, own("flow", 1, undefined));
    start(collector, own("tool", 2, 1))();
    const endTool = start(collector, own("tool", 3, 1));
    start(collector, own("prompt", 4, 3))();

    timers.advance(1900);
    expect(sink.lines).toEqual([]);
    timers.advance(600);
    expect(sink.lines).toEqual(["create 0001", "create 0002", "create 0003", "create 0004"]);
    expect(sink.operations.map(({ log }) => log.ended)).toEqual([false, true, false, true]);
    endTool();
    endFlow();

    expect(sink.lines.slice(4)).toEqual(["update 0001", "update 0003", "complete 0001"]);
  });

  it("completes a nested Flow of a long trace with its own span", () => {
    const { sink, timers, collector } = setUp();
    const endRoot = start(collector, own("flow", 1, undefined));
    const endNested = start(collector, own("flow", 2, 1));
    const endTool = start(collector, own("tool", 3, 2));

    timers.advance(2500);
    endNested();
    timers.advance(500);
    expect(sink.lines).toEqual(["create 0001", "create 0002", "update 0002"]);
    endTool();
    timers.advance(500);
    expect(sink.lines.slice(3)).toEqual(["create 0003", "complete 0002"]);
    endRoot();

    expect(sink.lines.slice(5)).toEqual(["update 0001", "complete 0001"]);
  });

  it("makes one trace of each topmost Flow under one HTTP span", () => {
    const { sink, timers, collector } = setUp();
    const endHttp = start(collector, span(1, undefined));
    const endFirst = start(collector, own("flow", 2, 1));
    start(collector, own("tool", 3, 2))();
    const endSecond = start(collector, own("flow", 4, 1));
    endFirst();

    timers.advance(2500);
    expect(sink.lines).toEqual(["create 0002", "create 0003", "complete 0002", "create 0004"]);
    endSecond();
    endHttp();

    expect(sink.lines.slice(4)).toEqual(["update 0004", "complete 0004"]);
    for (const operations of sink.submissions) {
      expect(new Set(operations.map(({ log }) => log.rootId)).size).toBe(1);
    }
  });

  it("keeps a provider call back until the prompt() round it has ended", () => {
    const { sink, timers, collector } = setUp();
    const endFlow = start(collector, own("flow", 1, undefined));
    const endPrompt = start(collector, own("prompt", 2, 1));
    start(collector, foreign("chat", 3, 2, { "gen_ai.usage.input_tokens": 7 }))();

    timers.advance(3000);
    expect(sink.lines).toEqual(["create 0001"]);
    endPrompt();
    timers.advance(500);
    endFlow();

    expect(sink.lines).toEqual(["create 0001", "create 0002", "update 0001", "complete 0001"]);
    expect(sink.operations[1]?.log.fields.prompt_tokens).toBe("7");
  });

  it("lets a lone prompt wait for another, and makes a Flow for two", () => {
    const { sink, timers, collector } = setUp();
    const endHttp = start(collector, span(1, undefined, { name: "job" }));
    start(collector, own("prompt", 2, 1))();

    timers.advance(3000);
    expect(sink.lines).toEqual([]);
    start(collector, own("prompt", 3, 1))();
    timers.advance(500);
    expect(sink.lines).toEqual(["create 319c", "create 0002", "create 0003"]);
    expect(sink.operations[0]?.log.fields.path).toBe('"shop/flow"');
    endHttp();

    expect(sink.lines.slice(3)).toEqual(["update 319c", "complete 319c"]);
  });

  it("flushes what has ended without completing", () => {
    const { sink, collector } = setUp();
    const endFlow = start(collector, own("flow", 1, undefined));
    start(collector, own("tool", 2, 1))();

    collector.flush();
    expect(sink.lines).toEqual(["create 0001", "create 0002"]);
    collector.flush();
    endFlow();

    expect(sink.lines.slice(2)).toEqual(["update 0001", "complete 0001"]);
  });

  it("hands over and completes everything at shutdown, open spans too", () => {
    const { sink, timers, collector } = setUp();
    start(collector, own("flow", 1, undefined));
    start(collector, own("prompt", 2, 1));
    start(collector, own("tool", 3, 1))();

    collector.shutdown();

    expect(sink.lines).toEqual(["create 0001", "create 0002", "create 0003", "complete 0001"]);
    expect(collector.stats()).toMatchObject({ pendingSpans: 0, openSpans: 0 });
    expect(timers.running).toBe(0);
  });

  it("takes a remote parent for the edge of the tree", () => {
    const { sink, collector } = setUp();
    start(collector, own("flow", 2, 1, {}, { parentIsRemote: true }))();

    expect(sink.lines).toEqual(["create 0002", "complete 0002"]);
    expect(collector.stats().orphaned).toBe(0);
  });

  it("never throws, whatever the sink does", () => {
    const { collector } = setUp({
      sink: {
        submit() {
          throw new Error("full");
        },
      },
    });

    start(collector, own("flow", 1, undefined))();

    expect(collector.stats()).toMatchObject({ failed: 1, pendingSpans: 0 });
  });

  it("bounds the spans that wait", () => {
    const { sink, collector } = setUp({ maxPendingSpans: 10 });
    start(collector, own("flow", 1, undefined));
    for (let number = 2; number <= 12; number++) start(collector, own("tool", number, 1))();

    expect(sink.lines).toHaveLength(12);
    expect(collector.stats().pendingSpans).toBe(0);
  });
});

describe("a collector that sees no starts", () => {
  const options = { seesStarts: false };

  it("hands a tree over lateSpanMillis after its root came", () => {
    const { sink, timers, collector } = setUp(options);
    collector.spanEnded(sdkSpan(own("tool", 3, 2)));
    collector.spanEnded(sdkSpan(own("flow", 1, undefined)));
    timers.advance(500);
    collector.spanEnded(sdkSpan(span(2, 1)));
    expect(sink.lines).toEqual([]);

    timers.advance(800);

    expect(sink.lines).toEqual(["create 0001", "create 0003", "complete 0001"]);
    expect(collector.stats()).toMatchObject({ pendingSpans: 0, late: 0, orphaned: 0 });
  });

  it("sends a span that comes later still, and counts it", () => {
    const { sink, timers, collector } = setUp(options);
    collector.spanEnded(sdkSpan(own("flow", 1, undefined)));
    timers.advance(1500);
    collector.spanEnded(sdkSpan(own("prompt", 3, 2)));
    collector.spanEnded(sdkSpan(own("flow", 2, 1)));
    timers.advance(500);

    expect(sink.lines.slice(2)).toEqual(["create 0002", "create 0003", "complete 0002"]);
    expect(collector.stats().late).toBe(2);
  });

  it("waits for a parent in this process for as long as it takes", () => {
    const { sink, timers, collector } = setUp(options);
    collector.spanEnded(sdkSpan(own("flow", 2, 1)));
    timers.advance(60_000);
    collector.flush();
    expect(sink.lines).toEqual([]);
    expect(collector.stats().pendingSpans).toBe(1);

    collector.shutdown();

    expect(sink.lines).toEqual(["create 0002", "complete 0002"]);
    expect(collector.stats()).toMatchObject({ pendingSpans: 0, orphaned: 1 });
  });

  it("takes a span of SDK 1.x whose parent has not come for a local root", () => {
    const { sink, timers, collector } = setUp(options);
    const view = foreign("invoke_agent", 2, 1);
    const { parentSpanContext: _, ...old } = sdkSpan(view);
    collector.spanEnded({ ...old, parentSpanId: view.parentSpanId });
    timers.advance(900);
    expect(sink.lines).toEqual([]);
    timers.advance(600);

    expect(sink.lines).toEqual(["create 0002", "complete 0002"]);
    expect(collector.stats().orphaned).toBe(0);
  });

  it("flushes a tree in its window, and completes it afterwards", () => {
    const { sink, timers, collector } = setUp(options);
    collector.spanEnded(sdkSpan(own("flow", 1, undefined)));
    collector.flush();
    expect(sink.lines).toEqual(["create 0001"]);
    collector.spanEnded(sdkSpan(own("tool", 2, 1)));

    timers.advance(1500);

    expect(sink.lines).toEqual(["create 0001", "create 0002", "complete 0001"]);
    expect(collector.stats().late).toBe(0);
  });

  it("takes a span that comes twice once", () => {
    const { sink, timers, collector } = setUp(options);
    const flow = sdkSpan(own("flow", 1, undefined));
    collector.spanEnded(flow);
    collector.spanEnded(flow);
    timers.advance(1500);
    collector.spanEnded(flow);
    timers.advance(1500);

    expect(sink.lines).toEqual(["create 0001", "complete 0001"]);
  });
});
