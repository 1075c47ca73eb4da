import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";
import { bytesOf, collect, streamOf } from "./stream-sources.ts";

describe("4.1 web streams: cancel, tee, pipes, readers", () => {
  const recording = useRecording();
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];

  promise(
    "cancel() reaches the source with its reason and ends it as cancelled",
    async ({ wrap }) => {
      const reasons: unknown[] = [];
      const go = wrap(() => new ReadableStream({ cancel: (reason) => void reasons.push(reason) }));

      await go().cancel("enough");
      await go().getReader().cancel("reader");
      expect(reasons).toEqual(["enough", "reader"]);
      expect(recording.spans().map((span) => span.attributes["flowspan.outcome"])).toEqual([
        "cancelled",
        "cancelled",
      ]);
    },
  );

  promise("a break out of it cancels the source, or not where it says so", async ({ wrap }) => {
    let cancelled = 0;
    const go = wrap(
      () =>
        new ReadableStream({
          pull: (controller) => controller.enqueue("x"),
          cancel: () => void cancelled++,
        }),
    );

    for await (const _ of go()) break;
    expect(cancelled).toBe(1);
    expect(outcome()).toBe("cancelled");
    const kept = go();
    for await (const _ of kept.values({ preventCancel: true })) break;
    expect(cancelled).toBe(1);
    expect((await kept.getReader().read()).value).toBe("x");
  });

  promise("one cancelled branch of a tee leaves the other", async ({ wrap }) => {
    const [left, right] = wrap(() => streamOf(["a", "b"]))().tee();

    right.cancel();
    expect(await collect(left)).toEqual(["a", "b"]);
    expect(recording.fields("go").output).toBe("ab");
    expect(outcome()).toBeUndefined();
  });

  promise(
    "a pipe's options count: nothing is cancelled or closed against them",
    async ({ wrap }) => {
      let closed = false;
      const sink = new WritableStream({
        close: () => {
          closed = true;
        },
      });

      await wrap(() => streamOf(["a"]))().pipeTo(sink, { preventClose: true });
      expect(closed).toBe(false);
      const stop = AbortSignal.abort("stop");
      await expect(
        wrap(() => streamOf(["a"]), "stopped")().pipeTo(new WritableStream(), { signal: stop }),
      ).rejects.toBe("stop");
      expect(recording.spans()).toHaveLength(2);
    },
  );

  promise("what the platform refuses is refused in the same way", ({ wrap }) => {
    const got = wrap(() => streamOf(["a"]))();
    got.getReader();

    expect(got.locked).toBe(true);
    expect(() => got.getReader()).toThrow(TypeError);
    expect(() => got.tee()).toThrow(TypeError);
    expect(() => got.pipeThrough(new TransformStream())).toThrow(TypeError);
    expect(recording.spans()).toEqual([]);
  });

  promise("a reader that lets go hands the stream on", async ({ wrap }) => {
    const got = wrap(() => streamOf(["a", "b"]))();

    const reader = got.getReader();
    expect(await reader.read()).toEqual({ value: "a", done: false });
    reader.releaseLock();
    expect(await collect(got)).toEqual(["b"]);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("the source runs inside the span, its reader outside", async ({ wrap }) => {
    const child = tool("child", () => 1);
    const source = () => ({
      pull(controller: ReadableStreamDefaultController) {
        child();
        controller.enqueue("x");
        controller.close();
      },
    });
    const got = wrap(() => new ReadableStream(source(), { highWaterMark: 0 }))();

    const outside: unknown[] = [];
    for await (const _ of got) outside.push(trace.getActiveSpan());
    expect(outside).toEqual([undefined]);
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("go").spanContext().spanId,
    );
  });

  promise("it works as a Response's body", async ({ wrap }) => {
    const got = wrap(() => bytesOf("hello"))();

    expect(await new Response(got).text()).toBe("hello");
  });
});
