import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/assemble/options.ts";
import { readSpan } from "../../src/dialects/index.ts";
import { mergeReadings } from "../../src/dialects/merge-readings.ts";
import { span } from "../assemble/spans.ts";
import { readLog } from "./reading.ts";

describe("a span that speaks several dialects", () => {
  it("is read field by field, the first that says something being believed", () => {
    const merged = mergeReadings([
      { promptTokens: 1, kernel: { model: "a", other: { n: 1 } }, metadata: { x: 1 } },
      {
        kind: "prompt",
        operation: "chat",
        promptTokens: 2,
        outputTokens: 3,
        kernel: { model: "b", seed: 7, other: { n: 2, top_k: 3 } },
        metadata: { x: 2, y: 2 },
        unreadable: ["a"],
      },
      { kind: "tool", name: "search", tool: { name: "search" }, unreadable: ["a", "b"] },
    ]);

    expect(merged).toMatchObject({
      kind: "prompt",
      operation: "chat",
      promptTokens: 1,
      outputTokens: 3,
      kernel: { model: "a", seed: 7, other: { n: 1, top_k: 3 } },
      metadata: { x: 1, y: 2 },
      unreadable: ["a", "b"],
    });
    expect(merged.name).toBeUndefined();
    expect(merged.tool).toBeUndefined();
  });

  it("says its content once: messages before inputs, whoever says them", () => {
    const messages = [{ role: "user", content: "Hi" }];
    const merged = mergeReadings([
      { inputs: { raw: "Hi" }, output: "Ho" },
      { kind: "prompt", messages, inputs: { city: "Rome" } },
    ]);

    expect(merged).toMatchObject({ messages, inputs: { city: "Rome" }, output: "Ho" });
  });

  it("keeps a key that is named __proto__ one like any other", () => {
    const metadata = JSON.parse('{"__proto__":{"polluted":1}}') as Record<string, unknown>;
    const merged = mergeReadings([{ kind: "flow", metadata }, { metadata: { a: 1 } }]);

    expect(Object.getPrototypeOf(merged.metadata)).toBe(Object.prototype);
    expect(JSON.stringify(merged.metadata)).toBe('{"__proto__":{"polluted":1},"a":1}');
  });

  it("is read by the kind that is named before the one that follows from the operation", () => {
    const log = readLog({
      "openinference.span.kind": "TOOL",
      "tool.name": "search",
      "gen_ai.operation.name": "chat",
      "gen_ai.usage.input_tokens": 3,
    });

    expect(log).toMatchObject({ type: "tool", name: "search", operation: "execute_tool" });
  });

  it("is our own wrappers' alone where it is one of theirs", () => {
    const log = readLog({ "flowspan.type": "flow", "gen_ai.operation.name": "chat" });

    expect(log.type).toBe("flow");
    expect(log.operation).toBeUndefined();
  });

  it("is never changed", () => {
    const deep = Object.freeze([Object.freeze({ role: "user", content: "Hi" })]);
    const attributes = Object.freeze({
      "gen_ai.operation.name": "chat",
      "gen_ai.input.messages": deep,
      "openinference.span.kind": "LLM",
      "llm.tools": deep,
      "langfuse.observation.input": deep,
      "ai.operationId": "ai.generateText.doGenerate",
    });
    const view = Object.freeze(span(1, undefined, { attributes, events: Object.freeze([]) }));

    expect(readSpan(view, DEFAULT_LIMITS)?.type).toBe("prompt");
  });
});
