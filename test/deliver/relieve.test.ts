import { describe, expect, it } from "vitest";
import type { Operation } from "../../src/base/log-types.ts";
import { Backlog } from "../../src/deliver/backlog.ts";
import { LossNotes } from "../../src/deliver/loss-notes.ts";
import { relieve } from "../../src/deliver/relieve.ts";
import { openEntries } from "../../src/deliver/trace-line.ts";
import { complete, create, draft, update } from "./operations.ts";

const KILO = 1_000;

function backlogOf(operations: readonly Operation[]): Backlog {
  const backlog = new Backlog(new LossNotes(), () => undefined);
  for (const operation of operations) backlog.add(operation);
  return backlog;
}

const prompt = (id: string, chars: number): Operation =>
  create(draft("prompt", id, undefined, { output: "x".repeat(chars) }));

/** The ids of waiting logs that still have their output. */
function whole(backlog: Backlog): string[] {
  const found: string[] = [];
  for (const line of backlog.waiting) {
    for (const { operation } of openEntries(line)) {
      if (operation.op === "create" && "output" in operation.log.fields) found.push(line.key);
    }
  }
  return found;
}

describe("relieve", () => {
  it("cuts the largest payloads first, and no more of them than needed", () => {
    const sizes = [1, 40, 2, 90, 3, 20, 4];
    const backlog = backlogOf(sizes.map((size) => prompt(`p${size}`, size * KILO)));
    const before = backlog.bytes;

    relieve(backlog, before - 60 * KILO);
    const afterOne = whole(backlog);
    relieve(backlog, backlog.bytes - 1);

    expect(afterOne).toEqual(["p1", "p40", "p2", "p3", "p20", "p4"]);
    expect(whole(backlog)).toEqual(["p1", "p2", "p3", "p20", "p4"]);
    expect(backlog.stats()).toMatchObject({ pending: 7, truncated: 2, dropped: {} });
  });

  it("cuts the longest waiting first among those of one size, and knows what came since", () => {
    const backlog = backlogOf(["a", "b", "c"].map((id) => prompt(id, 10 * KILO)));

    relieve(backlog, backlog.bytes - 1);
    backlog.add(prompt("d", 30 * KILO));
    relieve(backlog, backlog.bytes - 1);
    backlog.add(prompt("e", 10 * KILO));
    relieve(backlog, backlog.bytes - 1);

    expect(whole(backlog)).toEqual(["c", "e"]);
  });

  it("leaves small payloads alone: whole traces go before them", () => {
    const backlog = backlogOf(["a", "b", "c", "d"].map((id) => prompt(id, 100)));

    relieve(backlog, backlog.bytes - 1);

    expect(whole(backlog)).toEqual(["b", "c", "d"]);
    expect(backlog.stats()).toMatchObject({ truncated: 0, dropped: { "queue-full": 1 } });
  });

  it("lets go of the same texts in a log's change and completion", () => {
    const fields = { inputs: "x".repeat(50 * KILO), output: "y".repeat(1 * KILO) };
    const root = draft("flow", "r", undefined, fields);
    const backlog = backlogOf([create(root), update(root, ["output"]), complete(root)]);

    relieve(backlog, 20 * KILO);

    const kept = [...backlog.waiting].flatMap((line) => [...openEntries(line)]);
    const held = kept.map(({ operation }) => Object.keys(operation.log.fields));
    expect(held.flat()).not.toContain("inputs");
    expect(held[1]).toContain("output");
    expect(backlog.stats()).toMatchObject({ pending: 1, truncated: 1 });
  });

  it("drops whole traces before the rest of one that was begun, and keeps what is on its way", () => {
    const begun = draft("flow", "begun");
    const other = draft("flow", "other");
    const child = draft("prompt", "child", begun);
    const backlog = backlogOf([create(begun), create(child), complete(begun), create(other)]);
    const [first] = [...openEntries([...backlog.waiting][0]!)];
    backlog.markSending(first!);

    relieve(backlog, backlog.bytes - 1);
    expect([...backlog.waiting].map(({ key }) => key)).toEqual(["begun"]);
    expect(backlog.stats().dropped).toEqual({ "queue-full": 1 });

    relieve(backlog, 1);
    expect([...openEntries([...backlog.waiting][0]!)]).toEqual([first]);
    backlog.taken(first!);

    expect(backlog.bytes).toBe(0);
    expect(backlog.stats()).toMatchObject({ recorded: 3, sent: 1, pending: 0 });
    expect(backlog.stats().dropped).toEqual({ "queue-full": 2 });
  });

  it("counts a log of a dropped trace whose request failed as dropped, not as waiting", () => {
    const backlog = backlogOf([prompt("a", 10)]);
    const [entry] = [...openEntries([...backlog.waiting][0]!)];
    backlog.markSending(entry!);
    relieve(backlog, 1);

    backlog.again(entry!);

    expect(backlog.stats()).toMatchObject({ pending: 0, sent: 0, dropped: { "queue-full": 1 } });
    expect([backlog.bytes, backlog.unsentBytes, backlog.unsentEntries]).toEqual([0, 0, 0]);
  });

  it("adds up and holds its bound over a hundred thousand logs of all sizes", () => {
    const bound = 2_000 * KILO;
    const backlog = backlogOf([]);
    let worst = 0;
    for (let index = 0; index < 100_000; index += 1) {
      backlog.add(prompt(`p${index}`, (index * 7919) % 5_000));
      relieve(backlog, bound);
      worst = Math.max(worst, backlog.bytes);
    }

    const { recorded, pending, dropped } = backlog.stats();

    expect(worst).toBeLessThanOrEqual(bound);
    expect(pending + dropped["queue-full"]!).toBe(recorded);
    expect(pending).toBeGreaterThan(500);
  });
});
