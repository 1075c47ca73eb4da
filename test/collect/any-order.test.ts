import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import type { LogDraft, Operation } from "../../src/base/log-types.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import type { CollectorStats } from "../../src/collect/collector-options.ts";
import { TraceCollector } from "../../src/collect/trace-collector.ts";
import { foreign, own, span } from "../assemble/spans.ts";
import { FakeTimers, MemorySink, sdkSpan } from "./fakes.ts";

const KINDS = ["flow", "prompt", "tool", "pass", "chat", "execute_tool", "invoke_agent"] as const;

interface NodePlan {
  readonly kind: (typeof KINDS)[number];
  /** Picks the parent among the spans before; from 90 the parent is in another process. */
  readonly parent: number;
  readonly fails: boolean;
}

const nodePlan: fc.Arbitrary<NodePlan> = fc.record({
  kind: fc.constantFrom(...KINDS),
  parent: fc.nat(99),
  fails: fc.boolean(),
});

/** Span 1 is the root; every other one hangs below an earlier span or in from elsewhere. */
function toSpans(plans: readonly NodePlan[]): readonly SpanView[] {
  return plans.map(({ kind, parent, fails }, index) => {
    const number = index + 1;
    if (index === 0) return toSpan(kind, number, undefined, fails, {});
    if (parent >= 90) return toSpan(kind, number, 0xfff0, fails, { parentIsRemote: true });
    return toSpan(kind, number, 1 + Math.floor((parent / 90) * index), fails, {});
  });
}

function toSpan(
  kind: NodePlan["kind"],
  number: number,
  parent: number | undefined,
  fails: boolean,
  more: Partial<SpanView>,
): SpanView {
  switch (kind) {
    case "flow":
    case "prompt":
    case "tool":
      return own(kind, number, parent, { output: `out ${number}` }, more);
    case "pass":
      return span(number, parent, more);
    default: {
      const tokens = { "gen_ai.usage.input_tokens": number };
      return foreign(kind, number, parent, tokens, { status: { code: fails ? 2 : 0 }, ...more });
    }
  }
}

/** What happens between two spans: nothing, a pause, a flush. */
const pause: fc.Arbitrary<number | "flush"> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 400 }) },
  { weight: 1, arbitrary: fc.constant(5000) },
  { weight: 1, arbitrary: fc.constant("flush" as const) },
);

interface Run {
  readonly operations: readonly Operation[];
  readonly stats: CollectorStats;
}

/** Creates after parents, updates after creates, each root's completion last. */
function checkOrder({ operations, stats }: Run): void {
  const logs = new Map<string, LogDraft>();
  const complete = new Set<string>();
  for (const { op, log } of operations) {
    if (op === "create") {
      expect(logs.has(log.id), `created twice: ${log.id}`).toBe(false);
      if (log.parentId !== undefined) expect(logs.has(log.parentId)).toBe(true);
    } else {
      expect(logs.has(log.id), `${op} of ${log.id} before its create`).toBe(true);
    }
    logs.set(log.id, log);
    if (op === "complete") {
      expect(complete.has(log.id), `completed twice: ${log.id}`).toBe(false);
      complete.add(log.id);
    }
    // A nested Flow is complete with its own span; only the root's status is the trace's.
    const { rootId } = log;
    if (stats.late > 0 || rootId === undefined || rootId === log.id) continue;
    expect(complete.has(rootId), `${op} of ${log.id} in a complete trace`).toBe(false);
  }
  const flows = [...logs.values()].filter(({ type }) => type === "flow");
  expect(complete).toEqual(new Set(flows.map(({ id }) => id)));
}

/** Each log as it was last handed over, in the order of the ids. */
function lastLogs(operations: readonly Operation[]): readonly LogDraft[] {
  return sorted([...new Map(operations.map(({ log }) => [log.id, log])).values()]);
}

function sorted(logs: readonly LogDraft[]): readonly LogDraft[] {
  return logs.toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

/** Logs under a Flow span; what else becomes of a log depends on what is known when it goes. */
function underFlows(logs: readonly LogDraft[], spans: readonly SpanView[]): readonly LogDraft[] {
  const spanLogs = new Set(spans.map(({ traceId, spanId }) => `log_${traceId}${spanId}`));
  return logs.filter(({ rootId }) => rootId !== undefined && spanLogs.has(rootId));
}

function shape({ id, type, rootId, parentId, ended }: LogDraft): unknown {
  return { id, type, rootId, parentId, ended };
}

describe("spans that arrive in any order, without their starts", () => {
  const arrivals = fc.record({
    plans: fc.array(nodePlan, { minLength: 1, maxLength: 25 }),
    keys: fc.array(fc.nat(), { minLength: 25, maxLength: 25 }),
    pauses: fc.array(pause, { minLength: 25, maxLength: 25 }),
  });

  function run(
    spans: readonly SpanView[],
    keys: readonly number[],
    pauses: readonly (number | "flush")[],
  ): Run {
    const sink = new MemorySink();
    const timers = new FakeTimers();
    const collector = new TraceCollector({
      sink,
      timers,
      seesStarts: false,
      openTraceMillis: 2000,
      lateSpanMillis: 1000,
    });
    const shuffled = spans
      .map((view, index) => ({ view, key: keys[index] ?? 0, pause: pauses[index] ?? 0 }))
      .toSorted((left, right) => left.key - right.key);
    for (const { view, pause } of shuffled) {
      collector.spanEnded(sdkSpan(view));
      if (pause === "flush") collector.flush();
      else timers.advance(pause);
    }
    timers.advance(10_000);
    expect(collector.stats()).toMatchObject({
      pendingSpans: 0,
      openSpans: 0,
      failed: 0,
      orphaned: 0,
    });
    expect(timers.running).toBe(0);
    return { operations: sink.operations, stats: collector.stats() };
  }

  it("gives every log once, parents first, completion last", () => {
    fc.assert(
      fc.property(arrivals, ({ plans, keys, pauses }) => {
        const spans = toSpans(plans);
        const result = run(spans, keys, pauses);

        checkOrder(result);
        if (result.stats.late > 0) return;
        const logs = lastLogs(result.operations);
        const ordered = sorted(assemble(spans));
        if (!pauses.includes("flush")) expect(logs).toEqual(ordered);
        // What a flush sends cannot know of provider calls that come after it.
        else if (plans.every(({ kind }) => kind !== "prompt")) {
          expect(underFlows(logs, spans).map(shape)).toEqual(underFlows(ordered, spans).map(shape));
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe("spans that start and end, some after their root", () => {
  const lives = fc.record({
    plans: fc.array(nodePlan, { minLength: 1, maxLength: 25 }),
    /** How many further spans start before a span ends. */
    lengths: fc.array(fc.nat(30), { minLength: 25, maxLength: 25 }),
    pauses: fc.array(pause, { minLength: 60, maxLength: 60 }),
    /** Children end before their parents. */
    isNested: fc.boolean(),
  });

  function run(
    spans: readonly SpanView[],
    lengths: readonly number[],
    pauses: readonly (number | "flush")[],
    isNested: boolean,
  ): Run {
    const sink = new MemorySink();
    const timers = new FakeTimers();
    const collector = new TraceCollector({
      sink,
      timers,
      seesStarts: true,
      openTraceMillis: 2000,
      lateSpanMillis: 1000,
    });
    let step = 0;
    const rest = (): void => {
      const next = pauses[step++ % pauses.length] ?? 0;
      if (next === "flush") collector.flush();
      else timers.advance(next);
    };
    const endAt = endSteps(spans, lengths, isNested);
    const live = spans.map((view) => sdkSpan(view, false));
    for (let at = 0; at <= spans.length * 2 + 31; at++) {
      const starting = live[at];
      if (starting !== undefined) {
        collector.spanStarted(starting);
        rest();
      }
      // Later spans first: of those that end together children go before their parents.
      for (let index = live.length - 1; index >= 0; index--) {
        const ending = live[index];
        if (ending === undefined || endAt[index] !== at) continue;
        ending.ended = true;
        collector.spanEnded(ending);
        rest();
      }
    }
    timers.advance(10_000);
    expect(collector.stats()).toMatchObject({
      pendingSpans: 0,
      openSpans: 0,
      failed: 0,
      orphaned: 0,
    });
    expect(timers.running).toBe(0);
    return { operations: sink.operations, stats: collector.stats() };
  }

  /** The step at which each span ends: its own length after its start, or its last child's. */
  function endSteps(
    spans: readonly SpanView[],
    lengths: readonly number[],
    isNested: boolean,
  ): readonly number[] {
    const ends = spans.map((_, index) => index + (lengths[index] ?? 0));
    if (!isNested) return ends;
    for (let index = spans.length - 1; index > 0; index--) {
      const { parentSpanId, parentIsRemote } = spans[index] as SpanView;
      if (parentIsRemote) continue;
      const parent = spans.findIndex((view) => view.spanId === parentSpanId);
      ends[parent] = Math.max(ends[parent] ?? 0, ends[index] ?? 0);
    }
    return ends;
  }

  it("gives every log once, parents first, completion last", () => {
    fc.assert(
      fc.property(lives, ({ plans, lengths, pauses, isNested }) => {
        const spans = toSpans(plans);
        const result = run(spans, lengths, pauses, isNested);

        checkOrder(result);
        const logs = lastLogs(result.operations);
        const ordered = sorted(assemble(spans));
        if (isNested) {
          expect(result.stats.late).toBe(0);
          expect(underFlows(logs, spans)).toEqual(underFlows(ordered, spans));
        }
        if (pauses.every((wait) => wait === 0)) expect(logs).toEqual(ordered);
      }),
      { numRuns: 400 },
    );
  });
});
