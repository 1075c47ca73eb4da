import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogType } from "../../src/base/log-types.ts";
import { FlowspanExporter } from "../../src/otel/index.ts";
import { own, span, spanId } from "../assemble/spans.ts";
import { sdkSpan } from "../collect/fakes.ts";
import { type Fault, type LogApiSink, type SeenRequest, startLogApiSink } from "../log-api-sink.ts";

type Kind = LogType | "passage";

/** A trace: span 1 is a Flow, each other one hangs below an earlier one. */
interface Plan {
  readonly kinds: readonly { readonly kind: Kind; readonly under: number }[];
  /** Where each span stands when the spans are shuffled. */
  readonly order: readonly number[];
}

type Fate = "fine" | "reset" | "lost" | 500 | 503;

interface Run {
  readonly plans: readonly Plan[];
  /** Spans in one call of `export`, over and over. */
  readonly portion: number;
  /** The first requests' fates. */
  readonly fates: readonly Fate[];
}

const plan: fc.Arbitrary<Plan> = fc.record({
  kinds: fc.array(
    fc.record({
      kind: fc.constantFrom<Kind>("flow", "prompt", "tool", "passage"),
      under: fc.nat(),
    }),
    { maxLength: 20 },
  ),
  order: fc.array(fc.nat(), { minLength: 21, maxLength: 21 }),
});

const runs: fc.Arbitrary<Run> = fc.record({
  plans: fc.array(plan, { minLength: 1, maxLength: 4 }),
  portion: fc.integer({ min: 1, max: 20 }),
  fates: fc.array(fc.constantFrom<Fate>("fine", "reset", "lost", 500, 503), { maxLength: 3 }),
});

/** One log as it has to arrive: by its span's id, under its parent's. */
interface Expected {
  readonly span: string;
  readonly parent: string | undefined;
}

interface Grown {
  readonly traceId: string;
  readonly spans: readonly ReturnType<typeof span>[];
  readonly expected: readonly Expected[];
}

function grow({ kinds, order }: Plan, index: number): Grown {
  const traceId = (index + 1).toString(16).padStart(32, "a");
  const nodes: { kind: Kind; parent: number | undefined }[] = [{ kind: "flow", parent: undefined }];
  for (const { kind, under } of kinds) nodes.push({ kind, parent: under % nodes.length });
  const loggedAbove = (at: number | undefined): number | undefined => {
    let above = at;
    while (above !== undefined && nodes[above]?.kind === "passage") above = nodes[above]?.parent;
    return above;
  };
  const spans = nodes.map(({ kind, parent }, at) => {
    const above = parent === undefined ? undefined : parent + 1;
    return kind === "passage"
      ? span(at + 1, above, { traceId })
      : own(kind, at + 1, above, { output: `${traceId} ${at}` }, { traceId });
  });
  const shuffled = spans
    .map((view, at) => ({ view, key: order[at] ?? 0 }))
    .sort((left, right) => left.key - right.key);
  const expected = nodes.flatMap(({ kind, parent }, at) => {
    const above = loggedAbove(parent);
    if (kind === "passage") return [];
    return [{ span: spanId(at + 1), parent: above === undefined ? undefined : spanId(above + 1) }];
  });
  return { traceId, spans: shuffled.map(({ view }) => view), expected };
}

/** Gives the spans to `export` in portions, turn by turn between the traces. */
function exportAll(exporter: FlowspanExporter, traces: readonly Grown[], portion: number): void {
  const rest = traces.map(({ spans }) => [...spans]);
  while (rest.some((spans) => spans.length > 0)) {
    const spans = rest.flatMap((each) => each.splice(0, portion)).map((view) => sdkSpan(view));
    let calls = 0;
    exporter.export(spans, ({ code }) => {
      calls++;
      expect(code).toBe(0);
    });
    expect(calls).toBe(1);
  }
}

/** Which span and trace a kept log came from. */
function otelOf(sink: LogApiSink, id: string | undefined): { span_id: string; trace_id: string } {
  const metadata = sink.logs.get(String(id))?.fields.metadata;
  const { flowspan } = metadata as { flowspan: { otel: { span_id: string; trace_id: string } } };
  return flowspan.otel;
}

function expectAllIn(sink: LogApiSink, traces: readonly Grown[], isResent: boolean): void {
  for (const { traceId, expected } of traces) {
    const logs = [...sink.logs.values()].filter(({ id }) => otelOf(sink, id).trace_id === traceId);
    const found = logs.map(({ id, parentId }) => ({
      span: otelOf(sink, id).span_id,
      parent: parentId === undefined ? undefined : otelOf(sink, parentId).span_id,
    }));
    const bySpan = (left: Expected, right: Expected) => (left.span < right.span ? -1 : 1);
    expect(found.sort(bySpan)).toEqual([...expected].sort(bySpan));
    // That a parent is in before its child the sink checks itself: it knows no other parents.
    const ids = new Set(logs.map(({ id }) => id));
    const taken = sink.taken.filter((line) => ids.has(String(line.split(" ")[1])));
    const root = `log_${traceId}${spanId(1)}`;
    expect(taken[0]).toBe(`create ${root}`);
    expect(taken.at(-1)).toBe(`complete ${root}`);
    if (!isResent) expect(new Set(taken).size).toBe(taken.length);
  }
}

async function check({ plans, portion, fates }: Run, batch: boolean): Promise<void> {
  const left = [...fates];
  const fault = (request: SeenRequest): Fault | undefined => {
    const fate = left.shift();
    if (fate === undefined || fate === "fine") return undefined;
    if (fate === "reset") return "reset";
    // What was stored and not answered comes again; only by its `log_id` is it the same log.
    if (fate === "lost") return batch || request.path === "/flows/log" ? "lost" : "reset";
    return { status: fate };
  };
  const sink = await startLogApiSink({ batch, fault });
  const exporter = new FlowspanExporter({ url: sink.url });
  try {
    const traces = plans.map(grow);
    exportAll(exporter, traces, portion);
    await exporter.shutdown();
    const recorded = traces.reduce((sum, { expected }) => sum + expected.length, 0);
    expect(exporter.stats()).toMatchObject({ recorded, sent: recorded, pending: 0, dropped: {} });
    expectAllIn(sink, traces, fates.includes("lost"));
  } finally {
    await sink.close();
  }
}

describe("random span trees, shuffled, over several calls, while requests fail", () => {
  for (const batch of [true, false]) {
    it(`${batch ? "batch" : "document"} wire: every log once, parents first, completion last`, async () => {
      await fc.assert(
        fc.asyncProperty(runs, (run) => check(run, batch)),
        { numRuns: 25, endOnFailure: true },
      );
    }, 120_000);
  }
});
