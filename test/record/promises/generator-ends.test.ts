import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;

describe("4.1 generators: how they end", () => {
  const recording = useRecording();
  const spanId = () => recording.span("go").spanContext().spanId;
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];

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
});
