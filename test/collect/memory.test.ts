import { expect, it } from "vitest";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { logId, own } from "../assemble/spans.ts";
import { FakeTimers, MemorySink, sdkSpan } from "./fakes.ts";

const WAITS = { openTraceMillis: 2_000, lateSpanMillis: 1_000 };

/** A root Flow with many short children, handed over as they come. */
function grow(children: number) {
  const [sink, timers] = [new MemorySink(), new FakeTimers()];
  const collector = new TraceCollector({ sink, timers, seesStarts: true, ...WAITS });
  const root = sdkSpan(own("flow", 1, undefined), false);
  collector.spanStarted(root);
  const nested = sdkSpan(own("flow", 2, 1), false);
  collector.spanStarted(nested);
  const open = sdkSpan(own("tool", 3, 2), false);
  collector.spanStarted(open);
  for (let number = 10; number < 10 + children; number++) {
    const span = sdkSpan(own("tool", number, 2));
    collector.spanStarted(span);
    collector.spanEnded(span);
    if (number % 1_000 === 0) timers.advance(2_500);
  }
  return { sink, timers, collector, root, nested, open };
}

it("forgets the oldest children of a Flow that stays open, and not what is still needed", () => {
  const { sink, timers, collector, root, nested, open } = grow(25_000);
  const [first, last] = [own("tool", 90_001, 10), own("tool", 90_002, 25_009)];

  expect(collector.knowsParent(sdkSpan(first))).toBe(false);
  expect(collector.knowsParent(sdkSpan(last))).toBe(true);
  for (const span of [open, nested, root]) {
    span.ended = true;
    collector.spanEnded(span);
  }
  timers.advance(2_500);

  const logs = new Map(sink.operations.map(({ log }) => [log.id, log]));
  expect(logs.size).toBe(25_003);
  expect(logs.get(logId(3))).toMatchObject({ parentId: logId(2), rootId: logId(1) });
  expect(sink.operations.filter(({ op }) => op === "complete").map(({ log }) => log.id)).toEqual([
    logId(2),
    logId(1),
  ]);
  expect(collector.stats()).toMatchObject({ pendingSpans: 0, openSpans: 0, late: 0, failed: 0 });
});

it("puts a span below a forgotten one under the log that its context names", () => {
  const { sink, timers, collector } = grow(25_000);
  const remoteParent = { id: logId(10), rootId: logId(1), sampled: true, unsaved: false };
  const below = own("tool", 90_001, 10, {}, { remoteParent });

  const span = sdkSpan(below);
  collector.spanStarted(span);
  collector.spanEnded(span);
  timers.advance(2_500);

  const [first, ...more] = sink.operations.filter(({ log }) => log.id === logId(90_001));
  expect(first).toMatchObject({ op: "create", log: { rootId: logId(1), parentId: logId(10) } });
  expect(more).toEqual([]);
});
