import { describe, expect, it } from "vitest";
import { foldAll, foldAtFirst, toggleFold, unfoldTo, visibleRows } from "../../ui/folding.ts";
import { moveByKey } from "../../ui/tree-keys.ts";
import { buildTree, type TraceTree } from "../../ui/tree-model.ts";
import { sampleLog } from "./sample-logs.ts";

/** a ─ b ─ (c ─ d, e), f */
const SMALL = buildTree(
  sampleLog("a", {}, [
    sampleLog("b", {}, [sampleLog("c", {}, [sampleLog("d")]), sampleLog("e")]),
    sampleLog("f"),
  ]),
);

const ids = (tree: TraceTree, folded: ReadonlySet<string>) =>
  visibleRows(tree, folded).map((row) => row.log.id);

describe("visible rows", () => {
  it.each([
    [[], ["a", "b", "c", "d", "e", "f"]],
    [["c"], ["a", "b", "c", "e", "f"]],
    [["b"], ["a", "b", "f"]],
    [
      ["b", "c"],
      ["a", "b", "f"],
    ],
    [["a"], ["a"]],
    [
      ["d", "unknown"],
      ["a", "b", "c", "d", "e", "f"],
    ],
  ])("with %j folded", (folded, expected) => {
    expect(ids(SMALL, new Set(folded))).toEqual(expected);
  });
});

describe("folding", () => {
  it("turns one branch round", () => {
    expect([...toggleFold("b", new Set())]).toEqual(["b"]);
    expect([...toggleFold("b", new Set(["b", "c"]))]).toEqual(["c"]);
  });

  it("folds all but the root, and opens the way to one log", () => {
    const folded = foldAll(SMALL);

    expect(ids(SMALL, folded)).toEqual(["a", "b", "f"]);
    expect(ids(SMALL, unfoldTo("d", SMALL, folded))).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(unfoldTo("unknown", SMALL, folded)).toEqual(folded);
  });

  it("leaves a small trace open", () => {
    expect(foldAtFirst(SMALL)).toEqual(new Set());
  });

  it("opens a large trace level by level until the rows are used up", () => {
    const tree = buildTree(
      sampleLog("root", {}, [
        sampleLog("one", {}, [sampleLog("one.1", {}, [sampleLog("one.1.1")]), sampleLog("one.2")]),
        sampleLog("two", {}, [sampleLog("two.1"), sampleLog("two.2"), sampleLog("two.3")]),
      ]),
    );

    const folded = foldAtFirst(tree, 5);

    expect(ids(tree, folded)).toEqual(["root", "one", "one.1", "one.2", "two"]);
    expect(ids(tree, toggleFold("two", folded))).toContain("two.3");
    expect(ids(tree, foldAtFirst(tree, 2))).toEqual(["root", "one", "two"]);
  });

  it("keeps what is under a folded branch folded, so that it opens one level at a time", () => {
    const folded = foldAtFirst(SMALL, 3);

    expect(ids(SMALL, folded)).toEqual(["a", "b", "f"]);
    expect(ids(SMALL, toggleFold("b", folded))).toEqual(["a", "b", "c", "e", "f"]);
  });
});

describe("keys", () => {
  it.each([
    ["ArrowDown", "a", [], { move: "select", id: "b" }],
    ["j", "b", ["b"], { move: "select", id: "f" }],
    ["j", "f", [], undefined],
    ["ArrowUp", "f", [], { move: "select", id: "e" }],
    ["k", "f", ["b"], { move: "select", id: "b" }],
    ["k", "a", [], undefined],
    ["Home", "e", [], { move: "select", id: "a" }],
    ["End", "a", [], { move: "select", id: "f" }],
    ["ArrowLeft", "b", [], { move: "fold", id: "b" }],
    ["ArrowLeft", "b", ["b"], { move: "select", id: "a" }],
    ["ArrowLeft", "d", [], { move: "select", id: "c" }],
    ["ArrowLeft", "a", ["a"], undefined],
    ["ArrowRight", "b", ["b"], { move: "fold", id: "b" }],
    ["ArrowRight", "b", [], { move: "select", id: "c" }],
    ["ArrowRight", "d", [], undefined],
    ["Enter", "b", [], { move: "fold", id: "b" }],
    [" ", "d", [], undefined],
    ["x", "a", [], undefined],
    ["j", "gone", [], { move: "select", id: "a" }],
  ])("%j on %s with %j folded", (key, selectedId, foldedIds, expected) => {
    const folded = new Set(foldedIds);

    expect(moveByKey(key, visibleRows(SMALL, folded), selectedId, folded)).toEqual(expected);
  });
});
