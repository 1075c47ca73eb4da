import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { flow, tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;

describe("4.1 generators", () => {
  const recording = useRecording();
  const spanId = () => recording.span("go").spanContext().spanId;
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];
  const child = tool("child", () => 1);
  const parentOfChild = () => recording.span("child").parentSpanContext?.spanId;

  promise("nothing runs before the first next", ({ wrap }) => {
    let ran = false;
    const walk = wrap(function* () {
      ran = true;
      yield 1;
    });

    const walker = walk();
    expect(ran).toBe(false);
    walker.next();
    expect(ran).toBe(true);
  });

  promise("one that is never pulled records nothing, also when it is ended", ({ wrap }) => {
    const walk = wrap(function* () {
      yield 1;
    });

    walk();
    expect(walk().return(undefined as never)).toEqual({ value: undefined, done: true });
    expect(() => walk().throw(new Error("in"))).toThrow("in");
    expect(recording.spans()).toEqual([]);
    expect(walk().next().value).toBe(1);
  });

  promise("the span opens at the first next, under the call's own parent", ({ wrap }) => {
    const walk = wrap(function* () {
      yield 1;
    });

    const walker = flow.run("maker", () => [walk()])[0] as Generator;
    const before = performance.now();
    while (!walker.next().done);
    expect(recording.recorded("go").startMillis).toBeGreaterThanOrEqual(before);
    expect(recording.span("go").parentSpanContext?.spanId).toBe(
      recording.span("maker").spanContext().spanId,
    );
  });

  promise("it gives a generator, its own iterator", ({ wrap }) => {
    const walker = wrap(function* () {
      yield 1;
    })();

    expect(Object.prototype.toString.call(walker)).toBe("[object Generator]");
    expect(walker[Symbol.iterator]()).toBe(walker);
    expect(Object.keys(walker)).toEqual([]);
    expect(walker.next()).toEqual({ value: 1, done: false });
  });

  promise("what is yielded and returned comes out as it is", ({ wrap }) => {
    const piece = { a: 1 };
    const walk = wrap(function* () {
      yield piece;
      yield undefined;
      return "end";
    });

    const walker = walk();
    expect(walker.next().value).toBe(piece);
    expect([walker.next(), walker.next(), walker.next()]).toEqual([
      { value: undefined, done: false },
      { value: "end", done: true },
      { value: undefined, done: true },
    ]);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("it is read by for, spread, destructuring and yield*", ({ wrap }) => {
    const walk = wrap(function* () {
      yield 1;
      yield 2;
    });
    function* around() {
      yield* walk();
    }

    const taken: number[] = [];
    for (const piece of walk()) taken.push(piece);
    const [first] = walk();
    expect([taken, [...walk()], first, [...around()], Array.from(walk())]).toEqual([
      [1, 2],
      [1, 2],
      1,
      [1, 2],
      [1, 2],
    ]);
    expect(recording.spans()).toHaveLength(5);
  });

  promise("what next() is given reaches the body", ({ wrap }) => {
    const talk = wrap(function* (): Generator<string, string, string> {
      const name = yield "who?";
      return `hi ${name}`;
    });

    const talker = talk();
    expect(talker.next("ignored").value).toBe("who?");
    expect(talker.next("Ann")).toEqual({ value: "hi Ann", done: true });
  });

  promise("return() runs the body's finally inside the span and gives its value", ({ wrap }) => {
    let inside: unknown;
    const walk = wrap(function* (): Generator<number, string> {
      try {
        yield 1;
        return "end";
      } finally {
        inside = activeSpan();
      }
    });

    const walker = walk();
    walker.next();
    expect(walker.return("left")).toEqual({ value: "left", done: true });
    expect(inside).toBe(spanId());
    expect(outcome()).toBe("cancelled");
  });

  promise("throw() goes into the body, which may catch it and go on", ({ wrap }) => {
    const error = new Error("in");
    const walk = wrap(function* (): Generator<unknown, string> {
      try {
        yield 1;
      } catch (caught) {
        yield [caught, activeSpan()];
      }
      return "end";
    });

    const walker = walk();
    walker.next();
    const { value } = walker.throw(error);
    expect(walker.next()).toEqual({ value: "end", done: true });
    expect(value).toEqual([error, spanId()]);
    expect(outcome()).toBeUndefined();
  });

  promise("throw() that the body does not catch comes out and fails the span", ({ wrap }) => {
    const error = new Error("in");
    const walk = wrap(function* () {
      yield 1;
    });

    const walker = walk();
    walker.next();
    expect(() => walker.throw(error)).toThrow(error);
    expect(walker.next()).toEqual({ value: undefined, done: true });
    expect(recording.fields("go").error).toBe("Error: in");
  });

  promise("an error of the body comes out as the same object, after the pieces", ({ wrap }) => {
    const error = new Error("no");
    const walk = wrap(function* () {
      yield "a";
      throw error;
    });

    const walker = walk();
    expect(walker.next().value).toBe("a");
    expect(() => walker.next()).toThrow(error);
    expect(recording.fields("go")).toMatchObject({ output: "a", error: "Error: no" });
  });

  promise("an early break ends it as cancelled, after its own finally", ({ wrap }) => {
    const steps: string[] = [];
    const walk = wrap(function* () {
      try {
        yield "a";
        yield "b";
      } finally {
        steps.push("finally");
      }
    });

    for (const piece of walk()) {
      steps.push(piece);
      break;
    }
    expect(steps).toEqual(["a", "finally"]);
    expect(outcome()).toBe("cancelled");
    expect(recording.fields("go").output).toBe("a");
  });

  promise("the body runs inside the span, the consumer's code does not", ({ wrap }) => {
    const inside: unknown[] = [];
    const outside: unknown[] = [];
    const walk = wrap(function* () {
      inside.push(activeSpan());
      yield 1;
      inside.push(activeSpan());
    });

    for (const _ of walk()) outside.push(activeSpan());
    outside.push(activeSpan());
    expect(inside).toEqual([spanId(), spanId()]);
    expect(outside).toEqual([undefined, undefined]);
  });

  promise("calls in the body nest under it, the consumer's do not", ({ wrap }) => {
    const beside = tool("beside", () => 1);
    const walk = wrap(function* () {
      yield child();
    });

    for (const _ of walk()) beside();
    expect(parentOfChild()).toBe(spanId());
    expect(recording.span("beside").parentSpanContext).toBeUndefined();
  });

  promise("two that are read in turns do not mix", ({ wrap }) => {
    const walk = wrap(function* () {
      yield activeSpan();
      yield activeSpan();
    });

    const [one, other] = [walk(), walk()];
    const seen = [one, other, one, other].map((walker) => walker.next().value);
    one.next();
    other.next();
    const ids = recording.spans().map((span) => span.spanContext().spanId);
    expect(seen).toEqual([...ids, ...ids]);
    expect(new Set(ids).size).toBe(2);
  });
});
