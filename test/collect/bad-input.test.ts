import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SpanView } from "../../src/base/span-view.ts";
import { systemTimers } from "../../src/collect/timers.ts";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { own, span } from "../assemble/spans.ts";
import { FakeTimers, MemorySink, sdkSpan } from "./fakes.ts";

const WAITS = { openTraceMillis: 2_000, lateSpanMillis: 1_000 };
const MANY = 100_000;

function setUp(seesStarts: boolean, maxPendingSpans?: number) {
  const [sink, timers] = [new MemorySink(), new FakeTimers()];
  const options = { sink, timers, seesStarts, maxPendingSpans, ...WAITS };
  return { sink, timers, collector: new TraceCollector(options) };
}

/** A Flow over as many tools, beside or below one another. */
function trace(isChain: boolean): readonly SpanView[] {
  return Array.from({ length: MANY }, (_, index) =>
    index === 0 ? own("flow", 1, undefined) : own("tool", index + 1, isChain ? index : 1),
  );
}

/** Shuffled the same way each time. */
function shuffle<T>(values: readonly T[]): readonly T[] {
  return values
    .map((value, index) => ({ value, key: Math.imul(index + 1, 0x9e3779b1) >>> 0 }))
    .sort((left, right) => left.key - right.key)
    .map(({ value }) => value);
}

function creates(sink: MemorySink): number {
  return sink.operations.filter(({ op }) => op === "create").length;
}

const NOTHING_LEFT = { pendingSpans: 0, openSpans: 0, failed: 0 };

describe.each([
  ["flat", false],
  ["100,000 deep", true],
])("one trace of 100,000 spans, %s", (_, isChain) => {
  it.each([
    ["parents first", (spans: readonly SpanView[]) => spans],
    ["children first", (spans: readonly SpanView[]) => spans.toReversed()],
    ["in any order", shuffle],
  ])("goes out by ends alone, %s: every log once", (_, order) => {
    const { sink, timers, collector } = setUp(false, 2 * MANY);

    for (const view of order(trace(isChain))) collector.spanEnded(sdkSpan(view));
    timers.advance(5_000);
    collector.shutdown();

    expect(creates(sink)).toBe(MANY);
    expect(new Set(sink.operations.map(({ log }) => log.id)).size).toBe(MANY);
    expect(collector.stats()).toMatchObject(NOTHING_LEFT);
  });

  it("goes out with its starts seen: every log once", () => {
    const { sink, timers, collector } = setUp(true, 2 * MANY);
    const spans = trace(isChain).map((view) => sdkSpan(view, false));

    for (const each of spans) collector.spanStarted(each);
    for (const each of spans.toReversed()) {
      each.ended = true;
      collector.spanEnded(each);
    }
    timers.advance(5_000);
    collector.shutdown();

    expect(creates(sink)).toBe(MANY);
    expect(collector.stats()).toMatchObject(NOTHING_LEFT);
  });
});

describe("more spans than are kept", () => {
  it.each([
    ["flat", false],
    ["in a chain", true],
  ])("go out all the same, %s, in any order", (_, isChain) => {
    const { sink, timers, collector } = setUp(false);
    let most = 0;

    for (const view of shuffle(trace(isChain))) {
      collector.spanEnded(sdkSpan(view));
      most = Math.max(most, collector.stats().pendingSpans);
    }
    timers.advance(5_000);
    collector.shutdown();

    const ids = new Set(sink.operations.map(({ log }) => log.id));
    expect(trace(isChain).filter((view) => !ids.has(`log_${view.traceId}${view.spanId}`))).toEqual(
      [],
    );
    expect(most).toBeLessThanOrEqual(50_000);
    expect(collector.stats()).toMatchObject(NOTHING_LEFT);
  });
});

describe("spans that nobody ends", () => {
  it("are bounded: 200,000 of them leave 50,000 open, and each log goes out", () => {
    const { sink, timers, collector } = setUp(true);

    for (let number = 1; number <= 200_000; number++) {
      const traceId = number.toString(16).padStart(32, "0");
      collector.spanStarted(sdkSpan(own("flow", 1, undefined, {}, { traceId }), false));
    }
    const { openSpans } = collector.stats();
    timers.advance(5_000);
    collector.shutdown();

    expect(openSpans).toBe(50_000);
    expect(creates(sink)).toBe(200_000);
    expect(collector.stats()).toMatchObject(NOTHING_LEFT);
    expect(timers.running).toBe(0);
  }, 60_000);

  it("are bounded below a Flow that never ends, too, while its children go out", () => {
    const { sink, timers, collector } = setUp(true);
    collector.spanStarted(sdkSpan(own("flow", 1, undefined), false));

    for (let number = 2; number <= 200_000; number++) {
      const child = sdkSpan(own("tool", number, 1), false);
      collector.spanStarted(child);
      child.ended = true;
      collector.spanEnded(child);
      if (number % 1_000 === 0) timers.advance(1_000);
      if (number % 50_000 === 0) expect(collector.stats().pendingSpans).toBeLessThan(5_000);
    }

    expect(creates(sink)).toBeGreaterThan(190_000);
    collector.shutdown();
    expect(creates(sink)).toBe(200_000);
  }, 60_000);
});

describe("spans that come in odd ways", () => {
  it("are one log when they end twice", () => {
    const { sink, timers, collector } = setUp(true);
    const root = sdkSpan(own("flow", 1, undefined), false);
    collector.spanStarted(root);
    const child = sdkSpan(own("tool", 2, 1), false);
    collector.spanStarted(child);
    for (const each of [child, child, root, root, child]) {
      each.ended = true;
      collector.spanEnded(each);
    }
    timers.advance(5_000);

    expect(sink.lines).toEqual(["create 0001", "create 0002", "complete 0001"]);
    expect(collector.stats()).toMatchObject(NOTHING_LEFT);
  });

  it("keep their parents where these start after them by the clock", () => {
    const { sink, collector } = setUp(true);
    const root = sdkSpan(own("flow", 1, undefined, {}, { startTime: [1_795_999_999, 0] }), false);
    collector.spanStarted(root);
    collector.spanEnded(sdkSpan(own("tool", 2, 1)));
    root.ended = true;
    collector.spanEnded(root);

    expect(sink.lines).toEqual(["create 0001", "create 0002", "complete 0001"]);
    expect(sink.operations[1]?.log.parentId).toBe(sink.operations[0]?.log.id);
  });

  it("take any start and end time, and nothing that is no time goes out", () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 1e300, -1e300, 8.64e12));
    fc.assert(
      fc.property(fc.tuple(number, number), fc.tuple(number, number), (startTime, endTime) => {
        const { sink, timers, collector } = setUp(true);
        collector.spanEnded(sdkSpan(own("flow", 1, undefined, {}, { startTime, endTime })));
        collector.spanEnded(sdkSpan(span(2, undefined, { startTime, endTime })));
        timers.advance(5_000);

        expect(creates(sink)).toBe(1);
        const { start_time: start, end_time: end } = sink.operations[0]?.log.fields ?? {};
        for (const text of [start, end]) {
          if (text !== "null") expect(text).toMatch(/^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"$/);
        }
        expect(collector.stats()).toMatchObject(NOTHING_LEFT);
      }),
    );
  });

  it("go out as roots when their parent in this process never comes, and are counted", () => {
    const { sink, timers, collector } = setUp(false);
    for (let number = 2; number <= 60_000; number++) {
      const traceId = number.toString(16).padStart(32, "0");
      collector.spanEnded(sdkSpan(own("tool", number, 1, {}, { traceId })));
    }
    timers.advance(5_000);
    collector.shutdown();

    expect(creates(sink)).toBe(59_999);
    expect(collector.stats()).toMatchObject({ ...NOTHING_LEFT, orphaned: 59_999 });
  });
});

it("waits by a clock that no change of the date moves", () => {
  const real = Date.now;
  const first = systemTimers.now();
  try {
    for (const day of [-86_400_000, 86_400_000]) {
      Date.now = () => real() + day;
      expect(Math.abs(systemTimers.now() - first)).toBeLessThan(60_000);
    }
  } finally {
    Date.now = real;
  }
});
