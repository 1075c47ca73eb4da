import { describe, expect, it } from "vitest";
import { currentLog, flow, prompt, record, tool, withLogContext } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

describe("record()", () => {
  const recording = useRecording();

  it("does nothing without an open log", () => {
    expect(record({ user: "u" })).toBeUndefined();
  });

  it("adds to the innermost open log only", () => {
    flow("outer", () => prompt("inner", () => record({ user: "u" }))())();

    expect(recording.fields("inner").user).toBe("u");
    expect(recording.fields("outer").user).toBeUndefined();
  });

  it("wins over the returned value", () => {
    prompt("p", () => {
      record({ output: "set by hand", promptTokens: 1 });
      return {
        object: "chat.completion",
        choices: [{ message: { role: "assistant", content: "x" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 5, completion_tokens: 6 },
      };
    })();

    expect(recording.fields("p")).toEqual({
      path: "p",
      output: "set by hand",
      prompt_tokens: 1,
      output_tokens: 6,
      finish_reason: "stop",
    });
  });

  it("leaves out what is no field or has a wrong type, without throwing", () => {
    tool("t", () => record({ nonsense: 1, user: 5, promptTokens: 3, source: "s" } as never))();

    expect(recording.fields("t")).toEqual({ path: "t", source: "s" });
  });
});

describe("currentLog()", () => {
  const recording = useRecording();

  it("is there outside of every log, with empty parts", () => {
    expect(currentLog()).toEqual({ id: "", traceId: "", url: "" });
  });

  it("gives the id that the log will have, and its root's", () => {
    const [outer, inner] = flow("outer", () => [currentLog(), tool("inner", currentLog)()])();

    const id = (name: string) => {
      const { traceId, spanId } = recording.span(name).spanContext();
      return `log_${traceId}${spanId}`;
    };
    expect(outer).toEqual({ id: id("outer"), traceId: id("outer"), url: "" });
    expect(inner).toEqual({ id: id("inner"), traceId: id("outer"), url: "" });
  });
});

describe("withLogContext()", () => {
  const recording = useRecording();

  it("sets fields for every log below, across awaits; the inner one wins", async () => {
    const leaf = tool("leaf", async () => 1);
    const got = await withLogContext({ user: "u1", metadata: { a: 1, b: 1 } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return withLogContext({ metadata: { b: 2 }, sessionId: "s" }, () => flow("root", leaf)());
    });

    expect(got).toBe(1);
    for (const name of ["root", "leaf"]) {
      expect(recording.fields(name)).toMatchObject({
        user: "u1",
        session_id: "s",
        metadata: { a: 1, b: 2 },
      });
    }
  });

  it("is over for what runs after it inside of another", () => {
    withLogContext({ user: "outer" }, () => {
      withLogContext({ user: "inner", sessionId: "s" }, () => {});
      flow("after", () => 1)();
    });

    expect(recording.fields("after").user).toBe("outer");
    expect(recording.fields("after").session_id).toBeUndefined();
  });

  it("does not reach what runs beside it", () => {
    withLogContext({ user: "u" }, () => {});
    flow("beside", () => 1)();

    expect(recording.fields("beside").user).toBeUndefined();
  });
});

describe("run()", () => {
  const recording = useRecording();

  it("runs a body inline and gives what it gives", async () => {
    expect(tool.run("sync", () => 3)).toBe(3);
    expect(await flow.run({ path: "async", user: "u" }, async () => 4)).toBe(4);

    expect(recording.fields("sync")).toEqual({ path: "sync", output: "3" });
    expect(recording.fields("async")).toEqual({ path: "async", user: "u", output: "4" });
  });
});
