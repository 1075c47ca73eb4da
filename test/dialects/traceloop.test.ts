import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

describe("a Traceloop span", () => {
  it.each([
    ["workflow", "flow"],
    ["task", "flow"],
    ["agent", "flow"],
    ["tool", "tool"],
    ["something", undefined],
  ])("of the kind %s is a %s", (kind, type) => {
    const log = readLog({ "traceloop.span.kind": kind, "traceloop.entity.name": "plan" });

    expect(log).toMatchObject({
      type,
      inference: false,
      name: type === undefined ? undefined : "plan",
    });
  });

  it("gives what went in and came out, and what its call was associated with", () => {
    const { fields } = readLog({
      "traceloop.span.kind": "tool",
      "traceloop.entity.name": "search",
      "traceloop.entity.input": '{"args":[],"kwargs":{"q":"tea"}}',
      "traceloop.entity.output": '{"hits":2}',
      "traceloop.entity.path": "plan.search",
      "traceloop.workflow.name": "plan",
      "traceloop.association.properties.session_id": "s1",
      "traceloop.association.properties.user_id": "ada",
      "traceloop.association.properties.tenant": "acme",
    });

    expect(fields).toMatchObject({
      tool: { function: { name: "search", description: "" } },
      inputs: { q: "tea" },
      output: '{"hits":2}',
      session_id: "s1",
      user: "ada",
      metadata: { tenant: "acme", workflow: "plan", path: "plan.search" },
    });
  });

  it("keeps positional arguments", () => {
    const { fields } = readLog({
      "traceloop.span.kind": "task",
      "traceloop.entity.input": '{"args":[1],"kwargs":{}}',
    });

    expect(fields.inputs).toEqual({ args: [1], kwargs: {} });
  });

  it("lends a call of a model the session of its workflow", () => {
    const log = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "traceloop.workflow.name": "plan",
      "traceloop.association.properties.session_id": "s1",
    });

    expect(log).toMatchObject({ type: "prompt", fields: { session_id: "s1" } });
  });
});
