import { context, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { sharedState } from "../../src/base/shared-state.ts";
import { flow, prompt, record, tool } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

describe("a wrapped function", () => {
  const recording = useRecording();

  it("gives a sync result at once", () => {
    const add = flow("math/add", (a: number, b: number) => a + b);

    expect(add(2, 3)).toBe(5);
    expect(recording.fields("math/add")).toEqual({
      path: "math/add",
      inputs: { a: 2, b: 3 },
      output: "5",
    });
  });

  it("gives an async result of the same identity", async () => {
    const answer = { text: "yes" };
    const ask = flow("ask", async () => answer);

    expect(await ask()).toBe(answer);
    expect(recording.fields("ask").output).toBe('{"text":"yes"}');
  });

  it("throws the same error object, synchronously", () => {
    const error = new RangeError("too far");
    const go = tool("go", () => {
      throw error;
    });

    expect(go).toThrow(error);
    expect(recording.span("go").status).toEqual({ code: 2, message: "RangeError: too far" });
    expect(recording.fields("go").error).toBe("RangeError: too far");
  });

  it("rejects with the same error object and tells its causes", async () => {
    const error = new Error("outer", { cause: new TypeError("inner") });
    const go = prompt("go", async () => {
      throw error;
    });

    await expect(go()).rejects.toBe(error);
    expect(recording.fields("go").error).toBe("Error: outer\nCaused by: TypeError: inner");
    expect(recording.span("go").events.map((event) => event.name)).toEqual(["exception"]);
  });

  it("takes anything that is thrown", async () => {
    for (const thrown of [null, undefined, 0, "text", Symbol("s"), { a: 1 }]) {
      const go = flow("go", async () => {
        throw thrown;
      });
      await expect(go().catch((error: unknown) => ({ error }))).resolves.toEqual({ error: thrown });
    }
  });

  it("keeps this", () => {
    const counter = {
      count: 1,
      next: flow("next", function (this: { count: number }) {
        return ++this.count;
      }),
    };

    expect(counter.next()).toBe(2);
  });

  it("keeps name, length, own properties, prototype and construction", () => {
    function Point(this: { x: number }, x: number, _y: number) {
      this.x = x;
    }
    Point.origin = 7;
    const wrapped = flow("point", Point);

    expect(wrapped.name).toBe("Point");
    expect(wrapped.length).toBe(2);
    expect(wrapped.origin).toBe(7);
    expect(Reflect.construct(wrapped, [4, 5])).toMatchObject({ x: 4 });
    expect(Reflect.construct(wrapped, [4, 5])).toBeInstanceOf(Point);
    expect(recording.spans()).toEqual([]);
  });

  it("nests by the active context, also when calls run side by side", async () => {
    const child = tool("child", async (n: number) => n);
    const parent = flow("parent", async (n: number) => {
      await new Promise((resolve) => setTimeout(resolve, 5 - n));
      return child(n);
    });

    await Promise.all([parent(1), parent(2), parent(3)]);
    const parents = recording.spans().filter((span) => span.name === "parent");
    const children = recording.spans().filter((span) => span.name === "child");
    expect(children.map((span) => span.parentSpanContext?.spanId).sort()).toEqual(
      parents.map((span) => span.spanContext().spanId).sort(),
    );
  });

  it("wraps the same function with the same kind and path only once", () => {
    const once = flow("same", () => 1);

    expect(flow("same", once)).toBe(once);
    expect(flow("other", once)).not.toBe(once);
    expect(tool("same", once)).not.toBe(once);
  });

  it("takes its path from a function of this and the arguments", () => {
    const ask = flow({ path: (topic: string) => `ask/${topic}` }, (topic: string) => topic.length);

    expect(ask("cats")).toBe(4);
    expect(recording.fields("ask/cats").path).toBe("ask/cats");
  });

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

  it("ends the span only when a promise inside is settled", async () => {
    let release: () => void = () => {};
    const wait = flow("wait", () => new Promise<void>((resolve) => (release = resolve)));

    const pending = wait();
    expect(recording.spans()).toEqual([]);
    release();
    await pending;
    expect(recording.spans()).toHaveLength(1);
  });

  it("keeps a thenable object and its methods, and ends with its settling", async () => {
    class Query extends Promise<number> {
      explain() {
        return "plan";
      }
    }
    let made: Query | undefined;
    const query = tool("query", () => {
      made = Query.resolve(3) as Query;
      return made;
    });

    const got = query();
    expect(got).toBe(made);
    expect(got.explain()).toBe("plan");
    expect(await got).toBe(3);
    expect(recording.fields("query").output).toBe("3");
  });

  it("marks an aborted call", async () => {
    const go = prompt("go", async (signal: AbortSignal) => signal.throwIfAborted());

    await expect(go(AbortSignal.abort())).rejects.toThrow();
    expect(recording.span("go").attributes["flowspan.outcome"]).toBe("aborted");
  });

  it("records inputs as they were at the call", async () => {
    const list = [1];
    const grow = flow("grow", async (items: number[]) => {
      items.push(2);
    });

    await grow(list);
    expect(recording.fields("grow").inputs).toEqual({ items: [1] });
  });

  it("survives the options' functions throwing", () => {
    const bad = () => {
      throw new Error("bad option");
    };
    const go = flow({ path: "go", inputs: bad, output: bad }, (n: number) => n + 1);

    expect(go(1)).toBe(2);
    expect(recording.fields("go")).toEqual({ path: "go" });
  });

  it("writes content to the span as attributes", () => {
    flow("attributes", (q: string) => `answer to ${q}`)("x");

    expect(recording.span("attributes").attributes).toEqual({
      "flowspan.type": "flow",
      "flowspan.path": "attributes",
      "flowspan.inputs": '{"q":"x"}',
      "flowspan.output": "answer to x",
    });
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

describe("a wrapped function while tracing is off", () => {
  it("is a direct call without a provider", () => {
    let inputsAsked = 0;
    const go = flow({ inputs: () => inputsAsked++ }, () => context.active());

    expect(go()).toBe(context.active());
    expect(inputsAsked).toBe(0);
  });
});

describe("a wrapped function that is sampled out", () => {
  const recording = useRecording(new AlwaysOffSampler());

  it("serialises nothing, keeps its context active and is counted", () => {
    let inputsAsked = 0;
    const before = sharedState().notSampled;
    const go = flow({ inputs: () => inputsAsked++ }, () => trace.getActiveSpan()?.isRecording());

    expect(go()).toBe(false);
    expect(inputsAsked).toBe(0);
    expect(sharedState().notSampled).toBe(before + 1);
    expect(recording.spans()).toEqual([]);
  });
});
