import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const wait = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

describe("4.1 the active context", () => {
  const recording = useRecording();
  const child = tool("child", async (n: number) => n);
  const parentOf = (name: string) => recording.span(name).parentSpanContext?.spanId;

  promise(
    "calls inside nest under the span, across awaits, timers and callbacks",
    async ({ wrap }) => {
      const ids = await wrap(async () => {
        await wait(1);
        await child(1);
        await new Promise<void>((resolve) =>
          setTimeout(() => void child(2).then(() => resolve()), 1),
        );
        queueMicrotask(() => void child(3));
        await wait(1);
      })();

      expect(ids).toBeUndefined();
      const parents = recording.spans().filter(({ name }) => name === "child");
      expect(parents.map((span) => span.parentSpanContext?.spanId)).toEqual(
        Array(3).fill(recording.span("go").spanContext().spanId),
      );
    },
  );

  promise(
    "the caller's own context is active again when the call has returned",
    async ({ wrap }) => {
      const before = trace.getActiveSpan();
      const pending = wrap(async () => wait(1))();

      expect(trace.getActiveSpan()).toBe(before);
      await pending;
      expect(trace.getActiveSpan()).toBe(before);
      expect(recording.spans()).toHaveLength(1);
    },
  );

  promise("a handler of its promise runs in the caller's context", async ({ wrap }) => {
    const seen = await wrap(async () => 1)().then(() => [trace.getActiveSpan()]);

    expect(seen).toEqual([undefined]);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("one inside another nests under it", async ({ wrap }) => {
    const inner = wrap(async () => 1, "inner");
    await wrap(async () => inner(), "outer")();

    expect(parentOf("inner")).toBe(recording.span("outer").spanContext().spanId);
    expect(parentOf("outer")).toBeUndefined();
  });

  promise("calls side by side do not mix", async ({ wrap }) => {
    const go = wrap(async () => {
      const own = trace.getActiveSpan()?.spanContext().spanId;
      await wait(Math.random() * 4);
      await child(1);
      return own;
    });

    const owners = await Promise.all([go(), go(), go(), go()]);
    const parents = recording.spans().filter(({ name }) => name === "child");
    expect(parents.map((span) => span.parentSpanContext?.spanId).sort()).toEqual(owners.sort());
    expect(new Set(owners).size).toBe(4);
  });

  promise("a recursive call nests in itself", ({ wrap }) => {
    let left = 3;
    const go: () => number = wrap(() => (--left > 0 ? go() + 1 : 0));

    expect(go()).toBe(2);
    const [deepest, middle, top] = recording.spans();
    expect(deepest?.parentSpanContext?.spanId).toBe(middle?.spanContext().spanId);
    expect(middle?.parentSpanContext?.spanId).toBe(top?.spanContext().spanId);
    expect(top?.parentSpanContext).toBeUndefined();
  });
});
