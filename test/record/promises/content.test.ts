import { afterEach, describe, expect } from "vitest";
import { semconvMessageAttributes } from "../../../src/base/semconv-messages.ts";
import { type RecordingPolicy, sharedState } from "../../../src/base/shared-state.ts";
import { record, tool } from "../../../src/index.ts";
import { DEFAULT_POLICY } from "../../../src/spans/policy.ts";
import { type CapturedLog, captureLogs } from "../../../src/testing/index.ts";
import { useRecording } from "../recording.ts";
import { promise, promiseWithin } from "./promise.ts";

const use = (policy: Partial<RecordingPolicy>) =>
  sharedState().policies.add({ ...DEFAULT_POLICY, ...policy });

describe("4.5 content", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());
  const ofMessages = promiseWithin({ types: ["flow", "prompt"] });
  /** A call with content of every kind, its private parts told by the word. */
  const body = () => {
    record({ inputs: { q: "private" }, stdout: "private", user: "u1", metadata: { team: "a" } });
    return "private";
  };
  const onSpan = () => JSON.stringify(recording.span("go").attributes);

  promise("span: content stands on the span, beside the scalars", ({ wrap, type }) => {
    wrap(body)();

    expect(recording.span("go").attributes).toEqual({
      "flowspan.type": type,
      "flowspan.path": "go",
      "flowspan.inputs": '{"q":"private"}',
      "flowspan.stdout": "private",
      "flowspan.output": "private",
      "flowspan.metadata": '{"team":"a"}',
      "user.id": "u1",
    });
  });

  promise("log: content is kept off the span and in the record", ({ wrap }) => {
    use({ content: "log" });
    wrap(body)();

    expect(onSpan()).not.toContain("private");
    expect(onSpan()).toContain("u1");
    expect(recording.fields("go")).toMatchObject({ inputs: { q: "private" }, output: "private" });
  });

  promise("none: content is recorded nowhere, names and the rest are", ({ wrap }) => {
    use({ content: "none" });
    wrap(body)();

    expect(onSpan()).not.toContain("private");
    expect(recording.fields("go")).toEqual({ path: "go", user: "u1", metadata: { team: "a" } });
  });

  promise("none: pieces are not recorded, and pass as they are", ({ wrap }) => {
    use({ content: "none" });
    const walk = wrap(function* () {
      yield "private";
    });

    expect([...walk()]).toEqual(["private"]);
    expect(recording.fields("go")).toEqual({ path: "go" });
  });

  promise(
    "of several processors the strictest mode, every mask and the smallest cap hold",
    ({ wrap }) => {
      use({ content: "span", mask: (text) => text.replace("one", "1"), maxFieldBytes: 100 });
      use({ content: "log", mask: (text) => text.replace("two", "2") });
      wrap(() => `one two ${"x".repeat(500)}`)();

      expect(onSpan()).not.toContain("xxx");
      const { output } = recording.fields("go");
      expect(output).toMatch(/^1 2 x+ \[cut: 5\d\d characters in all]$/);
      expect(String(output).length).toBeLessThan(150);
    },
  );

  ofMessages("semconvContent: OTel's own message attributes stand there too", ({ wrap }) => {
    use({ contentAttributes: semconvMessageAttributes });
    wrap(() => {
      record({ messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }] });
      const call = { id: "c", type: "function", function: { name: "f", arguments: '{"a":1}' } };
      return { role: "assistant", content: "hello", tool_calls: [call] };
    })();

    const { attributes } = recording.span("go");
    expect(JSON.parse(String(attributes["gen_ai.input.messages"]))).toEqual([
      { role: "user", parts: [{ type: "text", content: "hi" }] },
    ]);
    expect(JSON.parse(String(attributes["gen_ai.output.messages"]))).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "text", content: "hello" },
          { type: "tool_call", id: "c", name: "f", arguments: { a: 1 } },
        ],
      },
    ]);
  });

  ofMessages("semconvContent: with log they are not on the span either", ({ wrap }) => {
    use({ content: "log", contentAttributes: semconvMessageAttributes });
    wrap(() => ({ role: "assistant", content: "private" }))();

    expect(onSpan()).not.toContain("private");
  });
});

describe("4.5 save: false", () => {
  const inner = tool("inner", () => {
    record({ inputs: { q: "private" }, metadata: { team: "a" } });
    return "private";
  });

  promise("strips the content from its own log and keeps the rest", async ({ wrap }) => {
    const body = () => {
      record({ inputs: { q: "private" }, user: "u1" });
      return "private";
    };
    const { logs } = await captureLogs(wrap(body, { save: false }));

    expect(JSON.stringify(logs)).not.toContain("private");
    expect(allOf(logs)).toContainEqual(expect.objectContaining({ path: "go", user: "u1" }));
  });

  promise("is inherited by every log below, and by none beside", async ({ wrap }) => {
    const go = wrap(() => inner(), { save: false });
    const { result, logs } = await captureLogs(() => [go(), inner()]);

    const [below, beside] = allOf(logs).filter(({ path }) => path === "inner");
    expect(result).toEqual(["private", "private"]);
    expect(JSON.stringify(below)).not.toContain("private");
    expect(below?.metadata).toEqual({ team: "a" });
    expect(beside).toMatchObject({ inputs: { q: "private" }, output: "private" });
  });
});

function allOf(logs: readonly CapturedLog[]): readonly CapturedLog[] {
  return logs.flatMap((log) => [log, ...allOf(log.children ?? [])]);
}
