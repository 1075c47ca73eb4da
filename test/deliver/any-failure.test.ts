import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogDraft, LogType, Operation } from "../../src/base/log-types.ts";
import type { Delivery } from "../../src/deliver/index.ts";
import type { EntryFault, Fault, LogApiSink, SeenRequest } from "../log-api-sink.ts";
import { startLogApiSink } from "../log-api-sink.ts";
import { ODD_ANSWERS } from "../odd-answers.ts";
import { complete, create, draft, spanMetadata, update } from "./operations.ts";
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
  chance: fc.array(fc.nat(9_999), { minLength: 60, maxLength: 60 }),
});

interface Trace {
  readonly drafts: readonly LogDraft[];
  readonly refused: ReadonlySet<string>;
  readonly operations: readonly Operation[];
}

function grow(branches: readonly Branch[], index: number): Trace {
  const drafts = [draft("flow", `t${index}_root`, undefined, spanMetadata(`t${index}_root`))];
  const refused = new Set<string>();
  const operations: Operation[] = [create(drafts[0]!)];
  for (const [number, one] of branches.entries()) {
    const parent = drafts[one.under % drafts.length]!;
    const id = `t${index}_${number}`;
    const fields = { ...spanMetadata(id), output: "half" };
    const log = draft(one.type, id, parent, fields);
    if (one.isRefused) refused.add(log.id);
    drafts.push(log);
    operations.push(create(log));
    const whole = draft(one.type, id, parent, { ...fields, output: "whole" });
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

/** More failures over one operation, while others get through, and it is given up. */
const MAX_FAILURES = 14;
const FAILING_ROLLS = 40;

/** Rolls the plan's dice, one after the other, until enough has failed. */
function dice(chance: readonly number[]): () => number {
  let next = 0;
  let failures = 0;
  return () => {
    const roll = failures < MAX_FAILURES ? (chance[next++] ?? 99) : 99;
    if (roll % 100 < FAILING_ROLLS) failures += 1;
    return roll;
  };
}

/** A body that only fails to be read says that a change was taken, so it comes after it was. */
const TOO_LARGE: ReadonlySet<string> = new Set(["10 GB", "200 that unpacks to 100 MB"]);
/** Ended by a time limit; on a busy machine that may come before the sink has handled the request. */
const ENDED_BY_TIME: ReadonlySet<string> = new Set([
  "a slow drip",
  "headers and then nothing",
  "nothing at all",
]);
const ODD = Object.entries(ODD_ANSWERS).filter(([name]) => !ENDED_BY_TIME.has(name));

/** The last two digits tell what happens, the others choose among the odd answers. */
function faultOf(roll: number, method?: string): Fault | undefined {
  const kind = roll % 100;
  if (kind < 4) return { status: 500 };
  if (kind < 8) return { status: 503, headers: { "retry-after": "-1" } };
  if (kind < 11) return { status: 429, headers: { "retry-after": "0" } };
  if (kind < 13) return { status: 401, body: { detail: "no such key" } };
  if (kind < 16) return "reset";
  if (kind < 20) return "lost";
  if (kind >= FAILING_ROLLS) return undefined;
  const [name, odd] = ODD[Math.floor(roll / 100) % ODD.length]!;
  // A trace that is too large to be read can't be looked into, and what was lost comes twice.
  if (method === "GET" && TOO_LARGE.has(name)) return { status: 502 };
  return { odd, isHandled: kind % 2 === 0 || TOO_LARGE.has(name) };
}

/** `FUZZ_RUNS=5000` for a long look. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 40);
const TEST_TIMEOUT_MILLIS = 60_000 + 1_000 * RUNS;

const REFUSED = { status: 422, detail: "made to be refused" } as const;

describe("delivery under any failure", { timeout: TEST_TIMEOUT_MILLIS }, () => {
  it("batch wire: every log once, parents first, completion last, stats that add up", async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const traces = plan.traces.map(grow);
        const isRefused = (id: unknown) => traces.some(({ refused }) => refused.has(String(id)));
        const roll = dice(plan.chance);
        const entryFault = (entry: Record<string, unknown>): EntryFault | undefined => {
          if (isRefused(entry.log_id)) return REFUSED;
          const rolled = roll() % 100;
          if (rolled < 8) return "missing";
          return rolled < 16 ? { status: 503, detail: "busy" } : undefined;
        };
        const fault = (request: SeenRequest): Fault | undefined => {
          const entries = request.body.logs as unknown[] | undefined;
          if (entries && entries.length > 10) return { status: 413 };
          return faultOf(roll());
        };
        await run({ batch: true, fault, entryFault }, traces, plan);
      }),
      { numRuns: RUNS, endOnFailure: true },
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
          const rolled = faultOf(roll(), method);
          if (rolled !== undefined) return rolled;
          if (isOld && method === "PATCH" && path.startsWith("/flows")) return { status: 405 };
          return undefined;
        };
        const unknownKeys = isStrict ? ["trace_id", "trace_status", "save"] : [];
        await run({ batch: false, fault, unknownKeys }, traces, plan);
      }),
      { numRuns: RUNS, endOnFailure: true },
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
    // A flush does not wait where the key is refused.
    for (let flushes = 0; flushes < 10 && delivery.stats().pending > 0; flushes += 1) {
      await delivery.flush(5_000);
    }
    expectStats(delivery, traces);
    expectAllIn(sink, traces);
  } finally {
    await delivery.shutdown(0);
    await sink.close();
  }
}
