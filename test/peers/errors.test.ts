import { describe, expect, it } from "vitest";
import { flow, prompt } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

describe("an error on a log", () => {
  const recording = useRecording();

  it("comes with its chain of causes", async () => {
    const ask = prompt("ask", async () => {
      const reset = new TypeError("socket hang up");
      throw new Error("no answer", { cause: new RangeError("3 attempts", { cause: reset }) });
    });

    await expect(ask()).rejects.toThrow("no answer");
    expect(recording.fields("ask").error).toBe(
      "Error: no answer\nCaused by: RangeError: 3 attempts\nCaused by: TypeError: socket hang up",
    );
  });

  it("that gathers others comes with each of them", async () => {
    const race = flow("race", () =>
      Promise.any([Promise.reject(new Error("model a")), Promise.reject(new TypeError("model b"))]),
    );

    await expect(race()).rejects.toBeInstanceOf(AggregateError);
    const error = String(recording.fields("race").error);
    expect(error.split("\n")).toEqual([
      "AggregateError: All promises were rejected",
      "- Error: model a",
      "- TypeError: model b",
    ]);
  });

  it("is told apart from a call that was aborted", async () => {
    const ask = prompt("ask", async (signal: AbortSignal) => signal.throwIfAborted());
    const fail = prompt("fail", async () => {
      throw new Error("refused");
    });

    await expect(ask(AbortSignal.abort())).rejects.toThrow();
    await expect(fail()).rejects.toThrow();
    const outcome = (name: string) => recording.span(name).attributes["flowspan.outcome"];
    expect([outcome("ask"), outcome("fail")]).toEqual(["aborted", "error"]);
  });

  it("is told apart from a stream that its reader left", async () => {
    const words = () => new ReadableStream({ pull: (to) => to.enqueue("word") });
    const broken = () => new ReadableStream({ pull: () => Promise.reject(new Error("cut off")) });

    await flow("left", words)().cancel();
    await expect(flow("broken", broken)().getReader().read()).rejects.toThrow("cut off");
    const outcome = (name: string) => recording.span(name).attributes["flowspan.outcome"];
    expect([outcome("left"), outcome("broken")]).toEqual(["cancelled", "error"]);
    expect(recording.fields("left").error).toBeUndefined();
  });

  it("has the secrets in its message and its stack masked", async () => {
    const key = `sk-${"a1B2".repeat(8)}`;
    const ask = prompt("ask", async () => {
      throw new Error(`bad key ${key}`);
    });

    await expect(ask()).rejects.toThrow(key);
    const span = recording.span("ask");
    const told = JSON.stringify([span.status, span.events, span.attributes]);
    expect(recording.fields("ask").error).toBe("Error: bad key [masked]");
    expect(told).not.toContain(key);
  });
});
