import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

describe("a Braintrust span", () => {
  it.each([
    ["llm", "prompt", true],
    ["tool", "tool", false],
    ["task", "flow", false],
    ["eval", "flow", false],
    ["score", undefined, false],
    ["constructor", undefined, false],
  ])("of the type %s is a %s", (type, expected, inference) => {
    const log = readLog({ "braintrust.span_attributes": JSON.stringify({ type }) });

    expect(log).toMatchObject({ type: expected, inference });
  });

  it("gives a call's request, answer and metrics", () => {
    const { fields, meta } = readLog({
      "braintrust.span_attributes": '{"type":"llm"}',
      "braintrust.input_json": '[{"role":"user","content":"Hi"}]',
      "braintrust.output_json":
        '[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hello"}}]',
      "braintrust.metadata": JSON.stringify({
        provider: "openai",
        model: "gpt-4o-mini",
        temperature: 0.5,
        system_fingerprint: "fp_1",
      }),
      "braintrust.metrics": JSON.stringify({
        prompt_tokens: 9,
        completion_tokens: 4,
        prompt_cached_tokens: 2,
        completion_reasoning_tokens: 1,
        time_to_first_token: 0.25,
      }),
    });

    expect(fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello" },
      finish_reason: "stop",
      prompt_tokens: 9,
      output_tokens: 4,
    });
    expect(fields.prompt).toEqual({
      model: "gpt-4o-mini",
      endpoint: "chat",
      provider: "openai",
      temperature: 0.5,
    });
    expect(meta).toMatchObject({
      usage: { cached: 2, reasoning: 1 },
      time_to_first_token_seconds: 0.25,
    });
  });

  it("may have an attribute for each field", () => {
    const { type, fields } = readLog({
      "braintrust.span_attributes.type": "llm",
      "braintrust.metadata.model": "gpt-4o",
      "braintrust.metrics.prompt_tokens": 3,
    });

    expect(type).toBe("prompt");
    expect(fields).toMatchObject({ prompt: { model: "gpt-4o" }, prompt_tokens: 3 });
  });

  it("keeps a task's values as they are, and its metadata and tags", () => {
    const { fields } = readLog({
      "braintrust.span_attributes": '{"type":"task"}',
      "braintrust.input_json": '{"value":1}',
      "braintrust.output_json": "2",
      "braintrust.metadata": '{"note":"good"}',
      "braintrust.tags": ["nightly"],
    });

    expect(fields).toMatchObject({
      inputs: { value: 1 },
      output: "2",
      metadata: { note: "good", tags: ["nightly"] },
    });
  });
});
