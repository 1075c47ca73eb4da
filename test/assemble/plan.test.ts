import { describe, expect, it } from "vitest";
import { assemble, plan } from "../../src/assemble/index.ts";
import type { LogDraft, Operation } from "../../src/base/log-types.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { own } from "./spans.ts";

const OPEN: Partial<SpanView> = { endTime: undefined };

function lines(operations: readonly Operation[]): readonly string[] {
  return operations.map(({ op, log }) => `${op} ${log.id.slice(-4)}`);
}

function planned(before: readonly SpanView[], after: readonly SpanView[]): readonly string[] {
  return lines(plan(assemble(before), assemble(after)));
}

describe("plan", () => {
  const root = own("flow", 1, undefined);
  const nested = own("flow", 2, 1);
  const tool = own("tool", 3, 2);

  it("creates in order and completes from the inside out", () => {
    expect(planned([], [root, nested, tool])).toEqual([
      "create 0001",
      "create 0002",
      "create 0003",
      "complete 0002",
      "complete 0001",
    ]);
  });

  it("does nothing when nothing has changed", () => {
    expect(planned([root, nested, tool], [root, nested, tool])).toEqual([]);
  });

  it("creates what has come since", () => {
    expect(planned([root, nested], [root, nested, tool])).toEqual(["create 0003"]);
  });

  it("leaves a Flow incomplete while anything below it is open", () => {
    const openTool = own("tool", 3, 2, {}, OPEN);

    expect(planned([], [root, nested, openTool])).toEqual([
      "create 0001",
      "create 0002",
      "create 0003",
    ]);
    expect(planned([root, nested, openTool], [root, nested, tool])).toEqual([
      "update 0003",
      "complete 0002",
      "complete 0001",
    ]);
  });

  it("names the fields that have changed", () => {
    const before = assemble([own("flow", 1, undefined, { output: "a", user: "ada" }, OPEN)]);
    const after = assemble([own("flow", 1, undefined, { output: "b", user: "ada" })]);

    expect(plan(before, after)[0]).toMatchObject({
      op: "update",
      changed: ["output", "end_time", "provider_latency"],
    });
  });

  it("completes what it is told to", () => {
    const logs = assemble([own("flow", 1, undefined, {}, OPEN), own("flow", 2, 1)]);
    const isComplete = (flow: LogDraft): boolean => flow.id.endsWith("1");

    expect(lines(plan(logs, logs, { isComplete }))).toEqual(["complete 0001"]);
  });

  it("never completes a log that is no Flow", () => {
    expect(planned([], [own("prompt", 1, undefined)])).toEqual(["create 0001"]);
  });
});
