import { expect, it } from "vitest";
import type { SpanView } from "../../src/base/span-view.ts";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { own, spanId, TRACE_ID } from "../assemble/spans.ts";
import { FakeTimers, MemorySink, sdkSpan } from "./fakes.ts";

/** A collector as an exporter has it, which sees spans when they have ended, or as a processor has it. */
function setUp(seesStarts = false) {
  const sink = new MemorySink();
  const timers = new FakeTimers();
  const collector = new TraceCollector({
    sink,
    timers,
    seesStarts,
    openTraceMillis: 2_000,
    lateSpanMillis: 1_000,
  });
  const end = (...views: readonly SpanView[]) => {
    for (const view of views) collector.spanEnded(sdkSpan(view));
  };
  return { sink, timers, collector, end };
}

it("sends a trace that was carried elsewhere in its time, and completes it 30 s later", () => {
  const { sink, timers, collector, end } = setUp();

  collector.contextLeft(TRACE_ID, spanId(2), "carried");
  end(own("tool", 2, 1), own("flow", 1, undefined));
  timers.advance(1_500);
  expect(sink.lines).toEqual(["create 0001", "create 0002"]);
  timers.advance(28_000);
  expect(sink.lines).toHaveLength(2);
  timers.advance(1_000);

  expect(sink.lines.at(-1)).toBe("complete 0001");
  expect(sink.lines.filter((line) => line.startsWith("complete"))).toHaveLength(1);
});

it("keeps that when a part of the trace finds its parent late", () => {
  const { sink, timers, collector, end } = setUp();

  collector.contextLeft(TRACE_ID, spanId(3), "carried");
  end(own("tool", 3, 2), own("tool", 4, 1), own("flow", 1, undefined), own("tool", 2, 1));
  timers.advance(2_000);

  expect(sink.lines.filter((line) => line.startsWith("create"))).toHaveLength(4);
  expect(sink.lines).not.toContain("complete 0001");
});

it("completes another trace when its root has ended, as always", () => {
  const { sink, timers, collector, end } = setUp();

  collector.contextLeft("f".repeat(32), spanId(1), "carried");
  collector.contextLeft(TRACE_ID, spanId(9), "carried");
  end(own("flow", 1, undefined));
  timers.advance(1_500);

  expect(sink.lines).toEqual(["create 0001", "complete 0001"]);
});

it("completes a trace that made a request elsewhere a second after its end, or at a flush", () => {
  for (const end of ["wait", "flush"] as const) {
    const { sink, timers, collector } = setUp(true);
    const flow = sdkSpan(own("flow", 1, undefined));
    collector.spanStarted(flow);
    collector.contextLeft(TRACE_ID, spanId(1), "called");
    collector.spanEnded(flow);
    timers.advance(500);
    expect(sink.lines).toEqual([]);

    if (end === "flush") collector.flush();
    else timers.advance(1_000);

    expect(sink.lines).toEqual(["create 0001", "complete 0001"]);
  }
});
