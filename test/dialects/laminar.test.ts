import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

describe("a Laminar span", () => {
  it.each([
    ["LLM", undefined, "prompt", true],
    ["CACHED", "LLM", "prompt", true],
    ["TOOL", undefined, "tool", false],
    ["DEFAULT", undefined, "flow", false],
    ["EVALUATION", undefined, "flow", false],
    ["constructor", undefined, "flow", false],
  ])("of the type %s (once %s) is a %s", (type, original, kind, inference) => {
    const log = readLog({ "lmnr.span.type": type, "lmnr.span.original_type": original });

    expect(log).toMatchObject({ type: kind, inference });
  });

  it("without a type is an observed function's where it has what one took or gave", () => {
    const log = readLog(
      {
        "lmnr.span.path": ["handle"],
        "lmnr.span.input": '["Rome"]',
        "lmnr.span.output": '"sunny"',
      },
      { name: "handle" },
    );

    expect(log).toMatchObject({ type: "flow", name: "handle" });
    expect(log.fields).toEqual({ inputs: { input: ["Rome"] }, output: "sunny" });
    expect(readLog({ "lmnr.span.path": ["GET /"] }).type).toBeUndefined();
  });

  it("of a model's call has messages, tokens and costs", () => {
    const log = readLog({
      "lmnr.span.type": "LLM",
      "lmnr.span.input": '[{"role":"user","content":"Hi"}]',
      "lmnr.span.output": '"Hello."',
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.output_tokens": 3,
      "gen_ai.usage.reasoning_output_tokens": 1,
      "gen_ai.usage.input_cost": 0.5,
      "gen_ai.usage.output_cost": 1,
      "gen_ai.usage.cost": 1.5,
    });

    expect(log.fields).toMatchObject({
      prompt: { model: "gpt-4o" },
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello." },
      prompt_tokens: 10,
      output_tokens: 3,
      prompt_cost: 0.5,
      output_cost: 1,
    });
    expect(log.meta.usage).toEqual({ reasoning: 1, total_cost: 1.5 });
  });

  it("keeps the session, user, tags and metadata, on other dialects' spans too", () => {
    const properties = {
      "lmnr.association.properties.session_id": "s1",
      "lmnr.association.properties.user_id": "u1",
      "lmnr.association.properties.trace_type": "DEFAULT",
      "lmnr.association.properties.tags": ["a"],
      "lmnr.association.properties.metadata.plan": "pro",
    };

    const log = readLog({ "gen_ai.operation.name": "chat", ...properties });

    expect(log).toMatchObject({ type: "prompt", inference: true });
    expect(log.fields).toMatchObject({
      session_id: "s1",
      user: "u1",
      metadata: { tags: ["a"], plan: "pro" },
    });
  });

  it("keeps a cut input's text and names it", () => {
    const log = readLog({ "lmnr.span.type": "TOOL", "lmnr.span.input": '{"city":"Ro' });

    expect(log.fields.inputs).toEqual({ input: '{"city":"Ro' });
    expect(log.meta.unreadable).toEqual(["lmnr.span.input"]);
  });
});
