import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

/** An SDK's stream object: iterable, with a controller and methods of its own. */
class SdkStream {
  readonly controller = new AbortController();
  left = false;
  readonly #pieces: readonly unknown[];
  readonly #error: unknown;

  constructor(pieces: readonly unknown[], error?: unknown) {
    this.#pieces = pieces;
    this.#error = error;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    try {
      yield* this.#pieces;
      if (this.#error !== undefined) throw this.#error;
    } finally {
      this.left = true;
    }
  }

  size(): number {
    return this.#pieces.length;
  }
}

describe("4.1 other async iterables", () => {
  const recording = useRecording();
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];

  promise(
    "it comes back as the same object, its own methods and properties kept",
    async ({ wrap }) => {
      const stream = new SdkStream(["a"]);

      const got = await wrap(async () => stream)();
      expect(got).toBe(stream);
      expect(got.size()).toBe(1);
      expect(Object.keys(got)).toEqual(["controller", "left"]);
      expect(got.controller.signal.aborted).toBe(false);
      expect(recording.spans()).toEqual([]);
    },
  );

  promise("it gives the same pieces, and the span ends with them", async ({ wrap }) => {
    const pieces = [{ n: 1 }, { n: 2 }];

    const got: unknown[] = [];
    for await (const piece of wrap(() => new SdkStream(pieces))()) got.push(piece);
    expect(got).toEqual(pieces);
    expect(got[0]).toBe(pieces[0]);
    expect(recording.fields("go").output).toBe('[{"n":1},{"n":2}]');
    expect(outcome()).toBeUndefined();
  });

  promise("a break out of it leaves the source and ends it as cancelled", async ({ wrap }) => {
    const stream = wrap(() => new SdkStream(["a", "b"]))();

    for await (const _ of stream) break;
    expect(stream.left).toBe(true);
    expect(outcome()).toBe("cancelled");
  });

  promise("its failure comes out as the same object", async ({ wrap }) => {
    const error = new Error("broke");
    const stream = wrap(() => new SdkStream(["a"], error))();

    await expect(async () => {
      for await (const _ of stream);
    }).rejects.toBe(error);
    expect(recording.fields("go")).toMatchObject({ output: "a", error: "Error: broke" });
  });

  promise("it may be read again, as without us", async ({ wrap }) => {
    const stream = wrap(() => new SdkStream(["a"]))();

    for (let time = 0; time < 2; time++) {
      const got: unknown[] = [];
      for await (const piece of stream) got.push(piece);
      expect(got).toEqual(["a"]);
    }
    expect(recording.spans()).toHaveLength(1);
  });

  promise("its iterator has no methods that it had not", async ({ wrap }) => {
    const bare = (): AsyncIterable<number> => ({
      [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
    });

    const iterator = wrap(bare)()[Symbol.asyncIterator]();
    expect("return" in iterator || "throw" in iterator).toBe(false);
    expect((await iterator.next()).done).toBe(true);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("its work runs inside the span, its consumer outside", async ({ wrap }) => {
    const child = tool("child", () => 1);
    const stream = wrap(() => ({
      async *[Symbol.asyncIterator]() {
        await undefined;
        yield child();
      },
    }))();

    const outside: unknown[] = [];
    for await (const _ of stream) outside.push(trace.getActiveSpan());
    expect(outside).toEqual([undefined]);
    expect(recording.span("child").parentSpanContext?.spanId).toBe(
      recording.span("go").spanContext().spanId,
    );
  });
});
