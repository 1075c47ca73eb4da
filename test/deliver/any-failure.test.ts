import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogDraft, LogType, Operation } from "../../src/base/log-types.ts";
import type { Delivery } from "../../src/deliver/index.ts";
import type { EntryFault, Fault, LogApiSink, SeenRequest } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { complete, create, draft, update } from "./operations.ts";
import { startDelivery } from "./start-delivery.ts";

/** One log under a root: where it hangs (an index into what was made before) and what it is. */
interface Branch {
  readonly type: LogType;
  readonly under: number;
  /** The server refuses it for good. */
  readonly isRefused: boolean;
  readonly isUpdated: boolean;
}

interface Plan {
  readonly traces: readonly (readonly Branch[])[];
  /** Operations per `submit`, over and over. */
  readonly portion: number;
  readonly chance: readonly number[];
}

const branch: fc.Arbitrary<Branch> = fc.record({
  type: fc.constantFrom("flow", "prompt", "tool"),
  under: fc.nat(20),
  isRefused: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
  isUpdated: fc.boolean(),
});

const plans: fc.Arbitrary<Plan> = fc.record({
  traces: fc.array(fc.array(branch, { maxLength: 12 }), { minLength: 1, maxLength: 6 }),
  portion: fc.integer({ min: 1, max: 30 }),
  chance: fc.array(fc.nat(99), { minLength: 40, maxLength: 40 }),
});

interface Trace {
  readonly drafts: readonly LogDraft[];
  readonly refused: ReadonlySet<string>;
  readonly operations: readonly Operation[];
}

function grow(branches: readonly Branch[], index: number): Trace {
  const drafts = [draft("flow", `t${index}_root`)];
  const refused = new Set<string>();
  const operations: Operation[] = [create(drafts[0]!)];
  for (const [number, one] of branches.entries()) {
    const parent = drafts[one.under % drafts.length]!;
    const log = draft(one.type, `t${index}_${number}`, parent, { output: "half" });
    if (one.isRefused) refused.add(log.id);
    drafts.push(log);
    operations.push(create(log));
    const whole = draft(one.type, log.id, parent, { output: "whole" });
    if (one.isUpdated) operations.push(update(whole, ["output"]));
  }
  operations.push(complete(drafts[0]!));
  return { drafts, refused, operations };
}

/** Hands the traces over in portions, turn by turn. */
function submitAll(delivery: Delivery, traces: readonly Trace[], portion: number): void {
  const rest = traces.map(({ operations }) => [...operations]);
  while (rest.some((operations) => operations.length > 0)) {
    for (const operations of rest) delivery.submit(operations.splice(0, portion));
  }
}

function expectedParent(trace: Trace, log: LogDraft): string | undefined {
  const byId = new Map(trace.drafts.map((one) => [one.id, one]));
  let parentId = log.parentId;
  while (parentId !== undefined && trace.refused.has(parentId)) {
    parentId = byId.get(parentId)?.parentId;
  }
  return parentId;
}

function expectAllIn(sink: LogApiSink, traces: readonly Trace[]): void {
  const sourceOf = (id: string | undefined): unknown =>
    id === undefined ? undefined : sink.logs.get(id)?.fields.source;
  const found = [...sink.logs.values()].map((log) => [log.fields.source, sourceOf(log.parentId)]);
  const expected = traces.flatMap((trace) =>
    trace.drafts
      .filter((log) => !trace.refused.has(log.id))
      .map((log) => [log.id, expectedParent(trace, log)]),
  );
  expect(found.sort()).toEqual(expected.sort());
  for (const trace of traces) {
    const ids = new Set(trace.drafts.map((log) => log.id));
    const own = sink.taken.filter((taken) => ids.has(sourceOf(taken.split(" ")[1]) as string));
    expect(own[0]).toBe(`create ${trace.drafts[0]!.id}`);
    expect(own.at(-1)).toBe(`complete ${trace.drafts[0]!.id}`);
  }
}

function expectStats(delivery: Delivery, traces: readonly Trace[]): void {
  const recorded = traces.reduce((sum, { drafts }) => sum + drafts.length, 0);
  const refused = traces.reduce((sum, trace) => sum + trace.refused.size, 0);
  expect(delivery.stats()).toMatchObject({
    recorded,
    sent: recorded - refused,
    pending: 0,
    truncated: 0,
    dropped: refused > 0 ? { "refused-422": refused } : {},
  });
}

/** More failures over one operation, and it is given up. */
const MAX_FAILURES = 9;

/** Rolls the plan's dice, one after the other, until enough has failed. */
function dice(chance: readonly number[]): () => number {
  let next = 0;
  let failures = 0;
  return () => {
    const roll = failures < MAX_FAILURES ? (chance[next++] ?? 99) : 99;
    if (roll < 28) failures += 1;
    return roll;
  };
}

function faultOf(roll: number, mayLose: boolean): Fault | undefined {
  if (roll < 6) return { status: 500 };
  if (roll < 12) return { status: 503 };
  if (roll < 16) return { status: 429, headers: { "retry-after": "0" } };
  if (roll < 22) return "reset";
  if (roll < 28 && mayLose) return "lost";
  return undefined;
}

const REFUSED = { status: 422, detail: "made to be refused" } as const;

describe("delivery under any failure", () => {
  it("batch wire: every log once, parents first, completion last, stats that add up", async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const traces = plan.traces.map(grow);
        const isRefused = (id: unknown) => traces.some(({ refused }) => refused.has(String(id)));
        const roll = dice(plan.chance);
        const entryFault = (entry: Record<string, unknown>): EntryFault | undefined => {
          if (isRefused(entry.log_id)) return REFUSED;
          const rolled = roll();
          if (rolled < 8) return "missing";
          return rolled < 16 ? { status: 503, detail: "busy" } : undefined;
        };
        const fault = (request: SeenRequest): Fault | undefined => {
          const entries = request.body.logs as unknown[] | undefined;
          if (entries && entries.length > 10) return { status: 413 };
          return faultOf(roll(), true);
        };
        await run({ batch: true, fault, entryFault }, traces, plan);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it("document wire: every log once, parents first, completion last, stats that add up", async () => {
    await fc.assert(
      fc.asyncProperty(plans, fc.boolean(), fc.boolean(), async (plan, isStrict, isOld) => {
        const traces = plan.traces.map(grow);
        const isRefused = (id: unknown) => traces.some(({ refused }) => refused.has(String(id)));
        const roll = dice(plan.chance);
        const fault = ({ method, path, body }: SeenRequest): Fault | undefined => {
          if (isRefused(body.source)) return { status: 422, body: { detail: REFUSED.detail } };
          // Only a Flow's create carries an id that makes it the same log when it comes again.
          const rolled = faultOf(roll(), path === "/flows/log" || method === "PATCH");
          if (rolled !== undefined) return rolled;
          if (isOld && method === "PATCH" && path.startsWith("/flows")) return { status: 405 };
          return undefined;
        };
        const unknownKeys = isStrict ? ["trace_id", "trace_status", "save"] : [];
        await run({ batch: false, fault, unknownKeys }, traces, plan);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

async function run(
  options: Parameters<typeof startLogApiSink>[0],
  traces: readonly Trace[],
  plan: Plan,
): Promise<void> {
  const sink = await startLogApiSink(options);
  const delivery = startDelivery({ url: sink.url });
  try {
    submitAll(delivery, traces, plan.portion);
    await delivery.flush(3_000);
    expectStats(delivery, traces);
    expectAllIn(sink, traces);
  } finally {
    await delivery.shutdown(0);
    await sink.close();
  }
}
