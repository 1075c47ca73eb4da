import { afterEach, describe, expect, it } from "vitest";
import { type RecordingPolicy, sharedState } from "../../src/base/shared-state.ts";
import { flow, prompt, record } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/spans/policy.ts";
import { useRecording } from "./recording.ts";

const use = (policy: Partial<RecordingPolicy>) =>
  sharedState().policies.add({ ...DEFAULT_POLICY, ...policy });

describe("what the log says of what could not be recorded", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());

  it("a single argument that can't be listed stands under its name", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();

    flow("go", (given: unknown) => typeof given)(proxy);

    expect(recording.fields("go").inputs).toEqual({ given: "[unreadable]" });
  });

  it("callbacks that throw leave a marker, and the path is the function's name", () => {
    const refuse = (): never => {
      throw new Error("mine");
    };

    flow({ path: refuse, inputs: refuse, output: refuse }, function go(_: number) {
      return 1;
    })(1);

    expect(recording.fields("go")).toEqual({
      path: "go",
      inputs: { "[unreadable]": "the inputs option threw" },
      output: "[unreadable: the output option threw]",
    });
  });

  it("one field that throws when it is read costs no other", () => {
    flow("go", () => {
      record({
        user: "u",
        get output() {
          throw new Error("mine");
        },
        sessionId: "s",
      });
    })();

    expect(recording.fields("go")).toEqual({ path: "go", user: "u", session_id: "s" });
  });

  it("an error whose message is an object says what is in it", () => {
    const go = flow("go", () => {
      throw Object.assign(new RangeError(), { message: { code: 7 } });
    });

    expect(() => go()).toThrow();
    expect(recording.fields("go").error).toBe('RangeError: {"code":7}');
  });
});

describe("messages over the cap", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());
  const large = { content: "x".repeat(5000), role: "user" };
  const small = { role: "system", content: "be kind" };

  it("keep what stands before the cut, and the role of the one that it goes through", () => {
    use({ maxFieldBytes: 1000 });

    flow("go", (_: unknown) => 1)([small, large, small]);

    const { messages } = recording.fields("go") as { messages: { content: string }[] };
    expect(messages).toMatchObject([small, { role: "user" }]);
    expect(messages[1]?.content).toContain("[cut: 5000 characters in all]");
    const { truncated } = recording.recorded("go").meta;
    expect(JSON.parse(truncated ?? "{}")).toEqual({ messages: expect.any(Number) });
    expect(JSON.parse(truncated ?? "{}").messages).toBeGreaterThan(5000);
  });

  it("keep the role of an output message too", () => {
    use({ maxFieldBytes: 1000 });

    prompt("go", () => large)();

    expect(recording.fields("go").output_message).toMatchObject({ role: "user" });
  });

  it("leave no empty inputs beside them", () => {
    flow("alone", (_: unknown) => 1)([small]);
    flow("named", (_: unknown) => 1)({ messages: [small] });
    flow("beside", (_: unknown, __: unknown) => 1)([small], 2);

    expect(recording.fields("alone").inputs).toBeUndefined();
    expect(recording.fields("named").inputs).toBeUndefined();
    expect(recording.fields("beside").inputs).toEqual({ __: 2 });
  });
});

describe("a streamed text over the cap", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());

  it("says how long all of it was", () => {
    use({ maxFieldBytes: 1000 });
    const go = flow("go", function* () {
      for (let piece = 0; piece < 500; piece++) yield "x".repeat(10);
    });

    for (const _ of go());

    expect(recording.fields("go").output).toMatch(/x \[cut: 5000 characters in all\]$/);
    expect(JSON.parse(recording.recorded("go").meta.truncated ?? "{}")).toEqual({ output: 5002 });
  });
});

describe("the user's mask", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());

  it("gets each text of the content with its path", () => {
    const seen: string[] = [];
    const mask = (text: string, path: string): string => {
      seen.push(`${path} ${text}`);
      return text.toUpperCase();
    };
    use({ mask });

    flow("go", (_: unknown) => ({ b: ["deep"] }))({
      a: "x",
      messages: [{ role: "user", content: "hi" }],
    });

    expect(seen).toEqual([
      "messages.0.role user",
      "messages.0.content hi",
      "inputs.a x",
      "output.b.0 deep",
    ]);
    expect(recording.fields("go").output).toBe('{"b":["DEEP"]}');
  });

  it("may call what is traced: it is not asked about that", () => {
    let asked = 0;
    const inner = flow("inner", (text: string) => `<${text}>`);
    const mask = (text: string): string => {
      asked++;
      return inner(text);
    };
    use({ mask });

    flow("go", (_: string) => "out")("in");

    expect(asked).toBe(2);
    expect(recording.fields("go")).toMatchObject({ inputs: { _: "<in>" }, output: "<out>" });
    expect(recording.spans().filter(({ name }) => name === "inner")).toHaveLength(2);
  });
});
