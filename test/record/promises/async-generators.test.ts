import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { flow, tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;
const tick = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("4.1 async generators", () => {
  const recording = useRecording();
  const spanId = () => recording.span("go").spanContext().spanId;
  const child = tool("child", async () => "c");

  promise("nothing runs and nothing is recorded before the first next", async ({ wrap }) => {
    let ran = false;
    const walk = wrap(async function* () {
      ran = true;
      yield 1;
    });

    const walker = walk();
    await walk().return(undefined as never);
    await expect(walk().throw(new Error("in"))).rejects.toThrow("in");
    expect(ran).toBe(false);
    expect(recording.spans()).toEqual([]);
    expect((await walker.next()).value).toBe(1);
  });

  promise("the span opens at the first next, under the call's own parent", async ({ wrap }) => {
    const walk = wrap(async function* () {
      yield 1;
    });

    const walker = flow.run("maker", () => [walk()])[0] as AsyncGenerator;
    const before = performance.now();
    for await (const _ of walker);
    expect(recording.recorded("go").startMillis).toBeGreaterThanOrEqual(before);
    expect(recording.span("go").parentSpanContext?.spanId).toBe(
      recording.span("maker").spanContext().spanId,
    );
  });

  promise("it gives an async generator, its own iterator", async ({ wrap }) => {
    const walker = wrap(async function* () {
      yield 1;
    })();

    expect(Object.prototype.toString.call(walker)).toBe("[object AsyncGenerator]");
    expect(walker[Symbol.asyncIterator]()).toBe(walker);
    const step = walker.next();
    expect(Object.getPrototypeOf(step)).toBe(Promise.prototype);
    expect(await step).toEqual({ value: 1, done: false });
  });

  promise("what is yielded and returned comes out as it is", async ({ wrap }) => {
    const piece = { a: 1 };
    const walker = wrap(async function* () {
      yield piece;
      yield Promise.resolve(2);
      return "end";
    })();

    expect((await walker.next()).value).toBe(piece);
    expect([await walker.next(), await walker.next(), await walker.next()]).toEqual([
      { value: 2, done: false },
      { value: "end", done: true },
      { value: undefined, done: true },
    ]);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("what next() is given reaches the body, reads in a queue too", async ({ wrap }) => {
    const echo = wrap(async function* (): AsyncGenerator<unknown, unknown, unknown> {
      const first = yield "ready";
      const second = yield first;
      return second;
    });

    const echoer = echo();
    const steps = await Promise.all([echoer.next(), echoer.next("a"), echoer.next("b")]);
    expect(steps.map(({ value }) => value)).toEqual(["ready", "a", "b"]);
    expect(recording.fields("go").output).toContain("ready");
  });

  promise(
    "the body runs inside the span across awaits, the consumer's code outside",
    async ({ wrap }) => {
      const inside: unknown[] = [];
      const outside: unknown[] = [];
      const walk = wrap(async function* () {
        await tick();
        inside.push(activeSpan());
        yield 1;
        await tick();
        inside.push(activeSpan());
      });

      for await (const _ of walk()) {
        await tick();
        outside.push(activeSpan());
      }
      outside.push(activeSpan());
      expect(inside).toEqual([spanId(), spanId()]);
      expect(outside).toEqual([undefined, undefined]);
    },
  );

  promise("calls in the body nest under it and lie within its time", async ({ wrap }) => {
    const walk = wrap(async function* () {
      yield "a";
      await child();
      yield "b";
    });

    for await (const _ of walk()) await tick();
    expect(recording.span("child").parentSpanContext?.spanId).toBe(spanId());
    // By their order: the SDK rounds each span's start to a millisecond of its own.
    expect(recording.spans().map(({ name }) => name)).toEqual(["child", "go"]);
  });

  promise("it is pulled no further than its consumer", async ({ wrap }) => {
    let pulled = 0;
    const walker = wrap(async function* () {
      for (;;) yield ++pulled;
    })();

    await walker.next();
    await walker.next();
    await tick();
    expect(pulled).toBe(2);
    await walker.return(undefined as never);
  });
});
