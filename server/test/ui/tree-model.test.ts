import { describe, expect, it } from "vitest";
import { barOf, buildTree, type TraceTree } from "../../ui/tree-model.ts";
import type { LogResponse } from "../../ui/wire.ts";
import { at, ORIGIN_MILLIS, type SampleFields, sampleLog } from "./sample-logs.ts";

/** A log that ran from one moment to another, in milliseconds after the origin. */
function timed(
  id: string,
  start: number | undefined,
  end: number | undefined,
  children: readonly LogResponse[] = [],
  fields: SampleFields = {},
): LogResponse {
  const start_time = start === undefined ? null : at(start);
  const end_time = end === undefined ? null : at(end);
  return sampleLog(id, { start_time, end_time, ...fields }, children);
}

function outline(tree: TraceTree): string[] {
  return tree.nodes.map((node) => `${"  ".repeat(node.depth)}${node.log.id}`);
}

function bars(tree: TraceTree): Record<string, unknown> {
  return Object.fromEntries(tree.nodes.map((node) => [node.log.id, barOf(node, tree)]));
}

const usage = (prompt: number, output: number, cost?: number): SampleFields => ({
  type: "prompt",
  prompt_tokens: prompt,
  output_tokens: output,
  prompt_cost: cost ?? null,
});

describe("nesting", () => {
  it.each([
    ["a single log", sampleLog("a"), ["a"]],
    ["children null", { ...sampleLog("a"), trace_children: null }, ["a"]],
    [
      "parents before children, siblings by start",
      timed("a", 0, 9, [timed("late", 5, 6, [timed("x", 5, 6)]), timed("early", 1, 2)]),
      ["a", "  early", "  late", "    x"],
    ],
    [
      "the server's order where starts are equal or unknown",
      timed("a", 0, 9, [
        timed("n1", undefined, 3),
        timed("n2", undefined, 2),
        timed("b", 1, 2),
        timed("c", 1, 3),
      ]),
      ["a", "  b", "  c", "  n1", "  n2"],
    ],
    [
      "a log that comes twice is taken once",
      sampleLog("a", {}, [sampleLog("b"), sampleLog("b"), sampleLog("a")]),
      ["a", "  b"],
    ],
  ])("%s", (_name, log, expected) => {
    expect(outline(buildTree(log))).toEqual(expected);
  });

  it("gives every node its place, its position and its parent", () => {
    const tree = buildTree(
      sampleLog("a", {}, [sampleLog("b", {}, [sampleLog("c")]), sampleLog("d")]),
    );

    expect(tree.nodes.map((node) => [node.index, node.position, node.parent?.log.id])).toEqual([
      [0, 1, undefined],
      [1, 1, "a"],
      [2, 1, "b"],
      [3, 2, "a"],
    ]);
    expect(tree.byId.get("c")).toBe(tree.nodes[2]);
  });

  it("marks a log whose parent is not in the trace as an orphan, and no other", () => {
    const tree = buildTree(
      sampleLog("a", { trace_parent_id: "elsewhere" }, [
        sampleLog("b", { trace_parent_id: "a" }),
        sampleLog("c", { trace_parent_id: "lost" }),
        sampleLog("d", { trace_parent_id: null }),
      ]),
    );

    expect(tree.nodes.filter((node) => node.isOrphan).map((node) => node.log.id)).toEqual(["c"]);
  });

  it("takes 10,000 levels and 10,000 siblings in less than a second", () => {
    let deep = sampleLog("leaf");
    for (let level = 1; level < 10_000; level += 1) deep = sampleLog(`l${level}`, {}, [deep]);
    const wide = timed(
      "root",
      0,
      1,
      Array.from({ length: 10_000 }, (_, n) => timed(`w${n}`, 10_000 - n, 20_000)),
    );
    const startedMillis = performance.now();

    const deepTree = buildTree(deep);
    const wideTree = buildTree(wide);

    expect(performance.now() - startedMillis).toBeLessThan(1000);
    expect(deepTree.nodes.at(-1)?.depth).toBe(9999);
    expect(wideTree.nodes[1]?.log.id).toBe("w9999");
  });
});

describe("type and path", () => {
  it.each([
    [sampleLog("a", { type: "flow" }), "flow", "a"],
    [sampleLog("a", { type: "prompt" }), "prompt", "a"],
    [sampleLog("a", { type: "tool" }), "tool", "a"],
    [{ id: "bare" }, "flow", "bare"],
  ])("of %o", (log, type, path) => {
    const { root } = buildTree(log);
    expect([root.type, root.path]).toEqual([type, path]);
  });
});

describe("times", () => {
  it("places bars in shares of the trace", () => {
    const tree = buildTree(timed("a", 0, 1000, [timed("b", 250, 500), timed("c", 900, 1000)]));

    expect(bars(tree)).toEqual({
      a: { left: 0, width: 1, isOpen: false },
      b: { left: 0.25, width: 0.25, isOpen: false },
      c: { left: 0.9, width: 0.1, isOpen: false },
    });
  });

  it("widens the axis to children outside their root, and marks the one that starts before its parent", () => {
    const tree = buildTree(
      timed("a", 500, 1000, [timed("early", 0, 600), timed("late", 900, 2000)]),
    );

    expect([tree.startMillis, tree.endMillis]).toEqual([ORIGIN_MILLIS, ORIGIN_MILLIS + 2000]);
    expect(bars(tree)).toMatchObject({
      a: { left: 0.25, width: 0.25 },
      early: { left: 0, width: 0.3 },
    });
    expect(tree.nodes.map((node) => node.isSkewed)).toEqual([false, true, false]);
  });

  it("marks a log that ends before it starts, and draws it without length", () => {
    const tree = buildTree(timed("a", 0, 100, [timed("b", 50, 40)]));

    expect(tree.byId.get("b")?.isSkewed).toBe(true);
    expect(bars(tree).b).toEqual({ left: 0.5, width: 0, isOpen: false });
  });

  it("draws a trace without length, and a log without length", () => {
    expect(bars(buildTree(timed("a", 7, 7, [timed("b", 7, 7)])))).toEqual({
      a: { left: 0, width: 0, isOpen: false },
      b: { left: 0, width: 0, isOpen: false },
    });
    expect(bars(buildTree(timed("a", 0, 10, [timed("b", 5, 5)]))).b).toEqual({
      left: 0.5,
      width: 0,
      isOpen: false,
    });
  });

  it("draws a log without an end to the end of the axis", () => {
    const tree = buildTree(
      timed("a", 0, undefined, [timed("b", 25, 100), timed("c", 50, undefined)]),
    );

    expect(bars(tree)).toMatchObject({
      a: { left: 0, width: 1, isOpen: true },
      c: { left: 0.5, width: 0.5, isOpen: true },
    });
  });

  it("draws no bar where no start is known", () => {
    const tree = buildTree(timed("a", undefined, undefined, [timed("b", 0, 10)]));

    expect(bars(tree).a).toBeUndefined();
    expect(bars(tree).b).toEqual({ left: 0, width: 1, isOpen: false });
    expect(bars(buildTree(sampleLog("bare")))).toEqual({ bare: undefined });
  });

  it("takes the end from the latency where no end was sent", () => {
    const tree = buildTree(timed("a", 0, undefined, [], { provider_latency: 0.25 }));

    expect(tree.root.endMillis).toBe(ORIGIN_MILLIS + 250);
  });
});

describe("usage", () => {
  const totals = (log: LogResponse) => {
    const { promptTokens, outputTokens, cost, calls, callsWithoutCost } = buildTree(log).root.usage;
    return [promptTokens, outputTokens, cost, calls, callsWithoutCost];
  };

  it.each([
    [
      "nothing known",
      sampleLog("a", {}, [sampleLog("b")]),
      [undefined, undefined, undefined, 0, 0],
    ],
    ["one call", sampleLog("a", usage(10, 5, 0.5)), [10, 5, 0.5, 1, 0]],
    [
      "calls at several depths",
      sampleLog("a", {}, [
        sampleLog("b", usage(10, 5, 0.5)),
        sampleLog("c", {}, [sampleLog("d", usage(1, 2, 0.25))]),
      ]),
      [11, 7, 0.75, 2, 0],
    ],
    [
      "a parent that repeats its children's sum",
      sampleLog("a", usage(110, 55, 9), [
        sampleLog("b", usage(100, 50, 1)),
        sampleLog("c", usage(10, 5, 2)),
      ]),
      [110, 55, 3, 2, 0],
    ],
    [
      "a chain that repeats one call at each level",
      sampleLog("a", usage(10, 5), [sampleLog("b", usage(10, 5), [sampleLog("c", usage(10, 5))])]),
      [10, 5, undefined, 1, 1],
    ],
    [
      "a prompt whose children used nothing",
      sampleLog("a", usage(10, 5, 1), [sampleLog("b", { type: "tool" })]),
      [10, 5, 1, 1, 0],
    ],
    [
      "the cost comes from where the tokens come from",
      sampleLog("a", { ...usage(10, 5), output_cost: 7 }, [sampleLog("b", usage(10, 5))]),
      [10, 5, undefined, 1, 1],
    ],
    [
      "a call without a price is counted as one",
      sampleLog("a", {}, [sampleLog("b", usage(1, 1, 2)), sampleLog("c", usage(3, 3))]),
      [4, 4, 2, 2, 1],
    ],
    [
      "zero is a known number",
      sampleLog("a", { type: "prompt", prompt_tokens: 0, output_cost: 0 }),
      [0, undefined, 0, 1, 0],
    ],
  ])("%s", (_name, log, expected) => {
    expect(totals(log)).toEqual(expected);
  });
});

describe("errors", () => {
  it("counts errors below each log, and in the whole", () => {
    const failed = { error: "boom" };
    const tree = buildTree(
      sampleLog("a", failed, [
        sampleLog("b", {}, [sampleLog("c", failed)]),
        sampleLog("d", { error: "" }),
      ]),
    );

    expect(tree.errorCount).toBe(2);
    expect(tree.nodes.map((node) => [node.hasError, node.errorsBelow])).toEqual([
      [true, 1],
      [false, 1],
      [true, 0],
      [false, 0],
    ]);
  });
});
