import type { HrTime } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

const sleep = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));
const millis = ([seconds, nanos]: HrTime) => seconds * 1000 + nanos / 1e6;
const parentOf = (span: ReadableSpan) => span.parentSpanContext?.spanId;
const idOf = (span: ReadableSpan) => span.spanContext().spanId;

/** What `docs/compared.md` has measured of other wrappers' spans. */
describe("a wrapped function's span", () => {
  const recording = useRecording();
  const step = tool("step", async () => "done");

  it("covers an async generator until it is drained, with its children under it", async () => {
    const talk = prompt("talk", async function* () {
      await step();
      yield 1;
      await sleep(20);
      await step();
      yield 2;
    });

    const got: number[] = [];
    for await (const n of talk()) got.push(n);
    const span = recording.span("talk");
    const steps = recording.spans().filter(({ name }) => name === "step");
    expect(got).toEqual([1, 2]);
    // A timer may fire up to a millisecond early by the span's clock.
    expect(millis(span.duration)).toBeGreaterThan(18);
    expect(steps.map(parentOf)).toEqual([idOf(span), idOf(span)]);
  });

  it("covers a sync generator's body, with its children under it", () => {
    const child = tool("child", () => 1);
    const walk = flow("walk", function* () {
      yield child();
      yield child();
    });

    expect([...walk()]).toEqual([1, 1]);
    const children = recording.spans().filter(({ name }) => name === "child");
    const span = recording.span("walk");
    expect(children.map(parentOf)).toEqual([idOf(span), idOf(span)]);
    expect(recording.spans().at(-1)).toBe(span);
  });

  it("ends where the reader of an async generator breaks off, after the generator's finally", async () => {
    const seen: string[] = [];
    const talk = flow("talk", async function* () {
      try {
        yield "a";
        yield "b";
      } finally {
        await step();
        seen.push("finally");
      }
    });

    for await (const piece of talk()) {
      seen.push(piece);
      break;
    }
    expect(seen).toEqual(["a", "finally"]);
    expect(recording.spans().map(({ name }) => name)).toEqual(["step", "talk"]);
    expect(recording.span("talk").attributes["flowspan.outcome"]).toBe("cancelled");
  });

  it("ends for an async iterable that is no generator, broken off the same way", async () => {
    let left = false;
    const iterable = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: async () => {
          left = true;
          return { done: true, value: undefined };
        },
      }),
    };

    for await (const _ of flow("talk", () => iterable)()) break;
    expect(left).toBe(true);
    expect(recording.span("talk").attributes["flowspan.outcome"]).toBe("cancelled");
  });

  it("lets throw() and return() of a generator through to it", async () => {
    const talk = flow("talk", async function* (): AsyncGenerator<string, string> {
      try {
        yield "a";
      } catch (error) {
        yield `caught ${error}`;
      }
      return "end";
    });

    const thrown = talk();
    await thrown.next();
    expect(await thrown.throw("x")).toEqual({ done: false, value: "caught x" });
    expect(await thrown.return("early")).toEqual({ done: true, value: "early" });
    expect(recording.spans()).toHaveLength(1);
  });

  it("of a rejected promise has status ERROR and one exception event", async () => {
    const error = new TypeError("no such model");
    const ask = prompt("ask", async () => {
      throw error;
    });

    await expect(ask()).rejects.toBe(error);
    const { status, events } = recording.span("ask");
    expect(status).toEqual({ code: 2, message: "TypeError: no such model" });
    expect(events.map(({ name, attributes }) => [name, attributes?.["exception.type"]])).toEqual([
      ["exception", "TypeError"],
    ]);
  });

  it("ends for a call that succeeds, one that throws and one that rejects alike", async () => {
    const run = flow("run", (way: string): unknown => {
      if (way === "throw") throw new Error(way);
      return way === "reject" ? Promise.reject(new Error(way)) : Promise.resolve(way);
    });

    await run("ok");
    expect(() => run("throw")).toThrow("throw");
    await expect(run("reject")).rejects.toThrow("reject");
    const spans = recording.spans();
    expect(spans.map(({ name, ended }) => [name, ended])).toEqual(Array(3).fill(["run", true]));
    expect(spans.map(({ status }) => status.code)).toEqual([0, 2, 2]);
  });
});
