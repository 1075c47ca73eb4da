import { afterEach, describe, expect, it } from "vitest";
import { semconvMessageAttributes } from "../../src/base/semconv-messages.ts";
import { type RecordingPolicy, sharedState } from "../../src/base/shared-state.ts";
import { prompt } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/record/policy.ts";
import { useRecording } from "./recording.ts";

describe("the policy of the processors in use", () => {
  const recording = useRecording();
  const ask = prompt("ask", (question: string) => ({
    role: "assistant",
    content: `re: ${question}`,
  }));
  const content = () =>
    Object.keys(recording.span("ask").attributes).filter((key) => /inputs|output/.test(key));

  afterEach(() => sharedState().policies.clear());
  const use = (policy: Partial<RecordingPolicy>) =>
    sharedState().policies.add({ ...DEFAULT_POLICY, ...policy });

  it("log: content is kept off the span, and recorded", () => {
    use({ content: "log" });
    ask("q");

    expect(content()).toEqual([]);
    expect(recording.fields("ask").inputs).toEqual({ question: "q" });
  });

  it("none: content is recorded nowhere", () => {
    use({ content: "none" });
    ask("q");

    expect(content()).toEqual([]);
    expect(recording.fields("ask")).toEqual({ path: "ask" });
  });

  it("of several the strictest holds, and every mask runs", () => {
    use({ content: "span", mask: (text) => text.replace("a", "1") });
    use({ content: "log", mask: (text) => text.replace("b", "2") });
    ask("ab");

    expect(content()).toEqual([]);
    expect(recording.fields("ask").inputs).toEqual({ question: "12" });
  });

  it("a cap cuts the field and says how large it was", () => {
    use({ maxFieldBytes: 100 });
    ask("x".repeat(500));

    expect(recording.span("ask").attributes["flowspan.inputs"]).toContain("[cut: 500 characters");
    const truncated = JSON.parse(String(recording.recorded("ask").meta.truncated));
    expect(truncated.inputs).toBeGreaterThan(500);
  });

  it("semconvContent also writes OTel's own message attributes", () => {
    use({ contentAttributes: semconvMessageAttributes });
    prompt("chat", (messages: unknown[]) => ({
      role: "assistant",
      content: String(messages.length),
      tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    }))([{ role: "user", content: [{ type: "text", text: "hi" }] }]);

    const { attributes } = recording.span("chat");
    expect(JSON.parse(String(attributes["gen_ai.input.messages"]))).toEqual([
      { role: "user", parts: [{ type: "text", content: "hi" }] },
    ]);
    expect(JSON.parse(String(attributes["gen_ai.output.messages"]))).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "text", content: "1" },
          { type: "tool_call", id: "c", name: "f", arguments: { a: 1 } },
        ],
      },
    ]);
  });
});
