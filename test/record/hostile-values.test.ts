import { afterEach, describe, expect, it } from "vitest";
import { type RecordingPolicy, sharedState } from "../../src/base/shared-state.ts";
import { flow, prompt, record, tool, withLogContext } from "../../src/index.ts";
import { DEFAULT_POLICY } from "../../src/spans/policy.ts";
import { useRecording } from "./recording.ts";

const use = (policy: Partial<RecordingPolicy>) =>
  sharedState().policies.add({ ...DEFAULT_POLICY, ...policy });

describe("whatever a call gets, throws or is", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());

  it("a thrown proxy that cannot be looked at comes out as it is, and the span ends", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const go = flow("go", () => {
      throw proxy;
    });

    let thrown: unknown;
    try {
      go();
    } catch (error) {
      thrown = error;
    }
    expect(thrown === proxy).toBe(true);
    expect(recording.span("go").attributes["flowspan.outcome"]).toBe("error");
  });

  it("the span ends when recording the inputs fails, and the call is made once", () => {
    let looks = 0;
    let calls = 0;
    const input = new Proxy(
      { messages: [{ role: "user", content: "x" }] },
      {
        ownKeys(target) {
          if (looks++ > 0) throw new Error("trap");
          return Reflect.ownKeys(target);
        },
      },
    );

    flow("go", (_: unknown) => void calls++)(input);
    expect(calls).toBe(1);
    expect(recording.spans()).toHaveLength(1);
  });

  it("a name or an instance that throws when it is read costs the path alone", () => {
    const fn = Object.defineProperty(() => 1, "name", {
      get() {
        throw new Error("name");
      },
    });
    class Agent {
      @flow() run() {
        return 1;
      }
    }
    const agent = new Proxy(new Agent(), {
      getOwnPropertyDescriptor() {
        throw new Error("trap");
      },
    });

    expect([flow(fn)(), agent.run()]).toEqual([1, 1]);
    expect(recording.spans()).toHaveLength(2);
  });

  it("a stack that throws when it is read costs the stack alone", () => {
    const error = Object.defineProperty(new Error("m"), "stack", {
      get() {
        throw new Error("stack");
      },
    });

    expect(() =>
      flow("go", () => {
        throw error;
      })(),
    ).toThrow(error);
    expect(recording.span("go").events).toMatchObject([
      { attributes: { "exception.message": "Error: m" } },
    ]);
  });

  it("the user's mask and the cap hold for an error's message, status and stack", () => {
    use({ mask: (text) => text.replaceAll("Ann", "[name]"), maxFieldBytes: 1000 });
    const go = flow("go", () => {
      throw new Error(`no such user Ann${"!".repeat(5000)}`);
    });

    expect(() => go()).toThrow("Ann");
    const { status, events, attributes } = recording.span("go");
    const text = JSON.stringify([status, events, attributes]);
    expect(text).not.toContain("Ann");
    expect(text.length).toBeLessThan(6000);
  });

  it("no getter of a result is run to tell whether a provider made it", () => {
    let ran = 0;
    class Row {
      get choices() {
        return ran++;
      }
      get object() {
        return ran++;
      }
    }

    prompt("go", () => new Row())();
    expect(ran).toBe(0);
  });

  it("no getter runs of what only looks like a provider's response, or is a Response", async () => {
    let ran = 0;
    const getter = { enumerable: true, get: () => ran++ };
    const like = (object: string) =>
      Object.defineProperties({ object, choices: [] }, { usage: getter, model: getter });
    class Answer extends Response {}
    Object.defineProperty(Answer.prototype, "headers", getter);

    prompt("whole", () => like("chat.completion"))();
    [
      ...prompt("streamed", function* () {
        yield like("chat.completion.chunk");
      })(),
    ];
    prompt("answered", () => new Answer("text"))();
    expect(ran).toBe(0);
  });

  it("a promise's own then is not asked for, as await does not", async () => {
    // biome-ignore lint/suspicious/noThenProperty: a then of its own is what is wanted here
    const promise = Object.defineProperty(Promise.resolve(7), "then", {
      get() {
        throw new Error("must not be run");
      },
    });

    expect(await flow("go", () => promise)()).toBe(7);
    expect(recording.fields("go").output).toBe("7");
  });

  it("a path of 100 MB is cut in the span's name", () => {
    flow({ path: () => "x".repeat(100_000_000) }, () => 1)();

    expect(recording.spans()[0]?.name).toHaveLength(1_000);
  });

  it("only what the Log API takes as messages is recorded as messages", () => {
    const users = [{ role: "admin", name: "Ann" }];
    const parts = [{ role: "user", content: [{ text: "no type" }] }];
    const go = flow("go", (_first: unknown, _second: unknown) => ({ role: "admin", content: "x" }));

    go(users, parts);
    const fields = recording.fields("go");
    expect(fields.messages).toBeUndefined();
    expect(fields.inputs).toEqual({ _first: users, _second: parts });
    expect(fields.output_message).toBeUndefined();
  });

  it("messages over the cap stay a list of messages", () => {
    use({ maxFieldBytes: 1000 });
    const message = { content: "x".repeat(400), role: "user" };

    flow("go", (_: unknown) => 1)([message, message, message, message]);
    const { messages } = recording.fields("go") as { messages: { role: string }[] };
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.every(({ role }) => role === "user")).toBe(true);
  });

  it("a field that has to be an object or a list is left out when it is none", () => {
    const inputs = ((q: string) => q) as never;
    flow({ path: "go", inputs }, (q: string) => {
      record({ metadata: "x", batches: "b" } as never);
      return q;
    })("x");

    expect(recording.fields("go")).toEqual({ path: "go", output: "x" });
  });

  it("withLogContext leaves out what no log has, and values of a wrong type", () => {
    const fields = { user: 5, save: "no", metadata: "x", batches: 3, inputs: { a: 1 }, colour: 1 };

    withLogContext(
      { ...fields, sessionId: "s", source: undefined } as never,
      flow("go", () => 1),
    );
    expect(recording.fields("go")).toEqual({ path: "go", session_id: "s", output: "1" });
  });

  it("metadata that is set again and again stays within the cap, the last value kept", () => {
    use({ maxFieldBytes: 2000 });
    flow("go", () => {
      for (let step = 0; step < 500; step++) record({ metadata: { step, [`k${step % 9}`]: step } });
    })();

    expect(recording.recorded("go").fields.metadata?.length).toBeLessThan(2100);
    expect(recording.fields("go").metadata).toMatchObject({ step: 499 });
  });
});

describe("input names", () => {
  const recording = useRecording();

  it("are the inner function's for a function that is wrapped twice", () => {
    flow(
      "outer",
      prompt("inner", (question: string) => question),
    )("q");

    expect(recording.fields("outer").inputs).toEqual({ question: "q" });
  });

  it("of a rest parameter hold all that is left", () => {
    flow("go", (first: string, ...others: number[]) => others.length + first)("a", 1, 2);

    expect(recording.fields("go").inputs).toEqual({ first: "a", others: [1, 2] });
  });
});

describe("wrapping", () => {
  const recording = useRecording();

  it("again with a path function is another span", () => {
    flow(
      { path: () => "made" },
      flow((n: number) => n),
    )(1);

    expect(recording.spans().map(({ name }) => name)).toContain("made");
  });

  it("takes a method that is named class for a function", () => {
    const { class: method } = {
      class() {
        return 1;
      },
    };

    expect(flow(method)()).toBe(1);
  });

  it("refuses what is no function, also when it stands second", () => {
    expect(() => tool("go", true as never)).toThrow(
      new TypeError("tool(): expected a function, a path or options, got boolean."),
    );
  });
});

describe("what is recorded of a provider's response", () => {
  const recording = useRecording();
  const message = { role: "assistant", content: "private" };
  const response = {
    object: "chat.completion",
    choices: [{ message, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 1 },
  };
  const chunk = {
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: { content: "private" }, finish_reason: "stop" }],
    usage: { prompt_tokens: 3, completion_tokens: 1 },
  };
  const usage = { path: "go", prompt_tokens: 3, output_tokens: 1, finish_reason: "stop" };
  const forms = {
    whole: (output: never) => prompt({ path: "go", output }, () => response)(),
    streamed: (output: never) => [
      ...prompt({ path: "go", output }, function* () {
        yield chunk;
      })(),
    ],
  };

  it.each(["whole", "streamed"] as const)("%s: output: false keeps the usage alone", (form) => {
    forms[form](false as never);

    expect(recording.fields("go")).toEqual(usage);
  });

  it.each(["whole", "streamed"] as const)("%s: an output function decides the output", (form) => {
    forms[form]((() => "short") as never);

    expect(recording.fields("go")).toEqual({ ...usage, output: "short" });
  });

  it("a flow's is its message, as when it is streamed", () => {
    flow("go", () => response)();

    expect(recording.fields("go")).toEqual({ path: "go", output_message: message });
  });
});
