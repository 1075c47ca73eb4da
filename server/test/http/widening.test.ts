import fc from "fast-check";
import { expect, it } from "vitest";
import { type LogView, NEW, startTestServer, type TestServer } from "./test-server.ts";

interface Planned {
  readonly type: "flow" | "prompt" | "tool";
  /** Which of the logs before it is its parent, as a share of them. */
  readonly parent: number;
  readonly start?: number;
  readonly end?: number;
}

const planned: fc.Arbitrary<Planned> = fc.record(
  {
    type: fc.constantFrom("flow", "prompt", "tool"),
    parent: fc.double({ min: 0, max: 0.999, noNaN: true }),
    start: fc.integer({ min: 1, max: 1_000 }),
    end: fc.integer({ min: 1, max: 1_000 }),
  },
  { requiredKeys: ["type", "parent"] },
);

const toTime = (second: number | undefined) =>
  second === undefined ? undefined : new Date(second * 1_000).toISOString();

/** What a log must be answered with: a Flow covers everything below it. */
function requireCovered(log: LogView, plan: ReadonlyMap<string, Planned>): (number | undefined)[] {
  const own = plan.get(log.id);
  const below = log.trace_children.map((child) => requireCovered(child, plan));
  const starts = [own?.start, ...below.map(([start]) => start)].filter(
    (each) => each !== undefined,
  );
  const ends = [own?.end, ...below.map(([, end]) => end)].filter((each) => each !== undefined);
  const span = [
    starts.length > 0 ? Math.min(...starts) : undefined,
    ends.length > 0 ? Math.max(...ends) : undefined,
  ];
  const expected = own === undefined || own.type === "flow" ? span : [own.start, own.end];
  expect([log.start_time, log.end_time], log.id).toEqual(expected.map(toTime));
  return span;
}

/** Sends the logs in batches, each batch in a shuffled order, and some of them twice. */
async function send(server: TestServer, entries: readonly object[], order: readonly number[]) {
  const batchSize = 4;
  for (let from = 0; from < entries.length; from += batchSize) {
    const logs = entries
      .slice(from, from + batchSize)
      .map((entry, index) => ({ entry, rank: order[(from + index) % order.length] ?? 0 }))
      .sort((a, b) => a.rank - b.rank)
      .flatMap(({ entry, rank }) => (rank % 3 === 0 ? [entry, entry] : [entry]));
    const { body } = await server.post<{ logs: { id?: string }[] }>("logs/batch", { logs });
    expect(body.logs.every(({ id }) => id !== undefined)).toBe(true);
  }
}

it("covers everything below with every flow's times, however the logs come", async () => {
  const server = await startTestServer();
  let run = 0;

  await fc.assert(
    fc.asyncProperty(
      fc.array(planned, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
      async (logs, order) => {
        run += 1;
        const ids = ["root", ...logs.map((_, index) => `${index}`)].map((id) => `${run} ${id}`);
        const entries = logs.map(({ type, parent, start, end }, index) => ({
          op: "create",
          type,
          ...NEW[type],
          log_id: ids[index + 1],
          trace_parent_id: ids[Math.floor(parent * (index + 1))],
          start_time: toTime(start),
          end_time: toTime(end),
        }));

        await send(
          server,
          [{ op: "create", type: "flow", path: "f", log_id: ids[0] }, ...entries],
          order,
        );

        const plan = new Map(logs.map((log, index) => [ids[index + 1] as string, log]));
        requireCovered(await server.read(ids[0]), plan);
      },
    ),
    { numRuns: 40 },
  );
});
