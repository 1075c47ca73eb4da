import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { flow, tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;

describe("4.1 generators: context", () => {
  const recording = useRecording();
  const spanId = () => recording.span("go").spanContext().spanId;
  const child = tool("child", () => 1);
  const parentOfChild = () => recording.span("child").parentSpanContext?.spanId;

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
