import { expect, it } from "vitest";
import type { SpanView } from "../../src/base/span-view.ts";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { foreign, own, spanId } from "../assemble/spans.ts";
import { FakeTimers, MemorySink, sdkSpan } from "./fakes.ts";

const waits = { openTraceMillis: 2000, lateSpanMillis: 1000 };
const SPANS = 10_000;

/** One Flow over a chain of tools, each below the one before. */
function chain(count: number): readonly SpanView[] {
  return Array.from({ length: count }, (_, index) =>
    index === 0 ? own("flow", 1, undefined) : own("tool", index + 1, index),
  );
}

it.each([
  ["parents first", (spans: readonly SpanView[]) => spans],
  ["children first", (spans: readonly SpanView[]) => spans.toReversed()],
  [
    "every second one first",
    (spans: readonly SpanView[]) => [
      ...spans.filter((_, index) => index % 2 === 1),
      ...spans.filter((_, index) => index % 2 === 0).toReversed(),
    ],
  ],
])("takes a chain of 10,000 spans, %s", (_, order) => {
  const sink = new MemorySink();
  const timers = new FakeTimers();
  const collector = new TraceCollector({ sink, timers, seesStarts: false, ...waits });
  const startedAt = performance.now();

  for (const view of order(chain(SPANS))) collector.spanEnded(sdkSpan(view));
  timers.advance(2000);

  expect(sink.operations).toHaveLength(SPANS + 1);
  expect(sink.submissions).toHaveLength(1);
  // Linear work takes well under a second; squared work takes minutes.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

it("hands a long trace over in parts without looking at old spans again", () => {
  const sink = new MemorySink();
  const timers = new FakeTimers();
  const collector = new TraceCollector({ sink, timers, seesStarts: true, ...waits });
  const root = sdkSpan(own("flow", 1, undefined), false);
  const startedAt = performance.now();

  collector.spanStarted(root);
  for (let number = 2; number <= SPANS; number++) {
    const tool = sdkSpan(own("tool", number, 1), false);
    collector.spanStarted(tool);
    tool.ended = true;
    collector.spanEnded(tool);
    timers.advance(50);
  }
  root.ended = true;
  collector.spanEnded(root);

  expect(sink.lines.filter((line) => line.startsWith("create"))).toHaveLength(SPANS);
  expect(sink.lines.filter((line) => line.endsWith(" 0001"))).toEqual([
    "create 0001",
    "update 0001",
    "complete 0001",
  ]);
  expect(sink.lines.at(-1)).toBe("complete 0001");
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

it("forgets finished traces: a very late span stands for itself", () => {
  const sink = new MemorySink();
  const timers = new FakeTimers();
  const collector = new TraceCollector({ sink, timers, seesStarts: true, ...waits });
  for (let number = 0; number < 30_000; number += 2) {
    const traceId = number.toString(16).padStart(32, "0");
    const flow = sdkSpan(own("flow", 1, undefined, {}, { traceId }), false);
    const tool = sdkSpan(own("tool", 2, 1, {}, { traceId }), false);
    collector.spanStarted(flow);
    collector.spanStarted(tool);
    for (const span of [tool, flow]) {
      span.ended = true;
      collector.spanEnded(span);
    }
  }
  const first = { traceId: "0".repeat(32) };
  const last = { traceId: (29_998).toString(16).padStart(32, "0") };
  collector.spanEnded(sdkSpan(own("tool", 3, 1, {}, first)));
  collector.spanEnded(sdkSpan(own("tool", 3, 1, {}, last)));
  timers.advance(2000);

  const [forgotten, remembered] = sink.operations.slice(-2).map(({ log }) => log);
  expect(forgotten?.rootId).toBeUndefined();
  expect(remembered?.rootId).toBe(`log_${last.traceId}${spanId(1)}`);
  expect(collector.stats().orphaned).toBe(1);
});

it("bounds the paths that are made from names", () => {
  const sink = new MemorySink();
  const timers = new FakeTimers();
  const collector = new TraceCollector({ sink, timers, seesStarts: true, ...waits });
  for (let number = 0; number < 1002; number++) {
    const traceId = number.toString(16).padStart(32, "0");
    const name = { "gen_ai.tool.name": `order-${number % 1001}` };
    collector.spanEnded(sdkSpan(foreign("execute_tool", 1, undefined, name, { traceId })));
  }

  const paths = sink.operations.map(({ log }) => log.fields.path);
  expect(paths[999]).toBe('"order-999"');
  expect(paths[1000]).toBe('"other/tool"');
  expect(paths[1001]).toBe('"order-0"');
});
