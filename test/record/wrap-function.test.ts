import { describe, expect, it } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import { flow, prompt, record, tool } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/spans/policy.ts";
import { rejectionsOf } from "./promises/unhandled.ts";
import { useRecording } from "./recording.ts";

describe("a wrapped function", () => {
  const recording = useRecording();

  it("falls back to the function's name when the path function throws", () => {
    const wrapped = flow(
      {
        path: () => {
          throw new Error("no path");
        },
      },
      function ask() {
        return 1;
      },
    );

    expect(wrapped()).toBe(1);
    expect(recording.fields("ask").path).toBe("ask");
  });

  it("raises no rejection of its own where an option's function is async and fails", async () => {
    const fail = () => Promise.reject(new Error("late"));
    const options = { path: fail, inputs: fail, output: fail } as never;

    const { unhandled } = await rejectionsOf(() => {
      expect(
        flow(options, function ask(text: string) {
          return text;
        })("a"),
      ).toBe("a");
    });
    expect(unhandled).toEqual([]);
    expect(recording.fields("ask").output).toBe('"[Promise]"');
  });

  it("raises no rejection of its own where the mask is async and fails", async () => {
    const mask = () => Promise.reject(new Error("late")) as never;
    sharedState().policies.add({ ...DEFAULT_POLICY, mask });

    const { unhandled } = await rejectionsOf(() => flow("ask", () => "a")());
    sharedState().policies.clear();
    expect(unhandled).toEqual([]);
    expect(recording.fields("ask").output).toBe("[masked]");
  });

  it("refuses a wrong option where it is written", () => {
    expect(() => flow({ path: 3 } as never, () => 1)).toThrow(
      new TypeError("flow(): option path: expected a non-empty string or a function, got number."),
    );
    expect(() => prompt({ colour: "red" } as never, () => 1)).toThrow(
      new TypeError("prompt(): there is no option colour."),
    );
    expect(() => tool({ user: 7 } as never, () => 1)).toThrow(
      new TypeError("tool(): option user: expected a string, got number."),
    );
  });

  it("records the fields that options fix", () => {
    const answer = prompt(
      {
        path: "support/answer",
        prompt: { model: "gpt-4o", temperature: 0.2 },
        user: "u1",
        metadata: { team: "a" },
        deployedEnvironment: undefined,
      },
      () => {
        record({ metadata: { cache: "hit" }, promptTokens: 12, outputTokens: 3 });
        return { role: "assistant", content: "hi" };
      },
    );

    answer();
    expect(recording.fields("support/answer")).toEqual({
      path: "support/answer",
      prompt: { model: "gpt-4o", temperature: 0.2 },
      user: "u1",
      metadata: { team: "a", cache: "hit" },
      prompt_tokens: 12,
      output_tokens: 3,
      output_message: { role: "assistant", content: "hi" },
    });
    expect(recording.span("support/answer").attributes).toMatchObject({
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.usage.input_tokens": 12,
      "user.id": "u1",
    });
  });

  it("sends no details when the query targets a version", () => {
    prompt({ path: "p", versionId: "prv_1", prompt: { model: "m" } }, () => "x")();

    expect(recording.recorded("p").query).toEqual({ versionId: "prv_1" });
    expect(recording.fields("p").prompt).toBeUndefined();
  });
});
