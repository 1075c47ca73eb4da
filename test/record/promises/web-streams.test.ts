import { trace } from "@opentelemetry/api";
import { describe, expect } from "vitest";
import { tool } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";
import { rejectionsOf } from "./unhandled.ts";

type Chunks = ReadableStream<string>;

/** A source that gives the chunks one a pull, and then closes or fails. */
function streamOf(chunks: readonly string[], error?: Error): Chunks {
  const left = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = left.shift();
      if (chunk !== undefined) controller.enqueue(chunk);
      else if (error !== undefined) controller.error(error);
      else controller.close();
    },
  });
}

/** Every way to read a stream to its end. */
const WAYS = {
  iteration: collect,
  "values()": (stream: Chunks) => collect(stream.values()),
  getReader: (stream: Chunks) => collect(readerOf(stream)),
  tee: async (stream: Chunks) => (await Promise.all(stream.tee().map(collect)))[1] as string[],
  pipeTo: async (stream: Chunks) => {
    const got: string[] = [];
    await stream.pipeTo(new WritableStream({ write: (chunk) => void got.push(chunk) }));
    return got;
  },
  pipeThrough: (stream: Chunks) => collect(stream.pipeThrough(new TransformStream())),
} as const;

describe("4.1 web streams", () => {
  const recording = useRecording();
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];

  promise("a stream comes back as the same object", async ({ wrap }) => {
    const stream = streamOf(["a"]);
    const later = streamOf(["a"]);

    expect(wrap(() => stream)()).toBe(stream);
    expect(await wrap(async () => later)()).toBe(later);
    expect(Object.keys(stream)).toEqual([]);
    expect(stream.locked).toBe(false);
    await Promise.all([collect(stream), collect(later)]);
    expect(recording.spans()).toHaveLength(2);
  });

  for (const [way, read] of Object.entries(WAYS)) {
    promise(
      `read by ${way} it gives the same chunks, and the span ends with them`,
      async ({ wrap }) => {
        const got = wrap(() => streamOf(["a", "b"]))();

        expect(recording.spans()).toEqual([]);
        expect(await read(got)).toEqual(["a", "b"]);
        await settled();
        expect(outcome()).toBeUndefined();
        expect(recording.fields("go").output).toBe("ab");
      },
    );

    promise(`read by ${way} its failure comes out as the same object`, async ({ wrap }) => {
      const error = new Error("broke");
      const got = wrap(() => streamOf(["a"], error))();

      const { unhandled } = await rejectionsOf(async () => {
        await expect(read(got)).rejects.toBe(error);
      });
      await settled();
      expect(unhandled).toEqual([]);
      expect(recording.fields("go").error).toBe("Error: broke");
    });
  }

  promise("bytes are read into the reader's own buffer (BYOB)", async ({ wrap }) => {
    const got = wrap(() => bytesOf("hello"))();

    const reader = got.getReader({ mode: "byob" });
    const texts: string[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(2));
      if (done) break;
      texts.push(new TextDecoder().decode(value));
    }
    expect(texts).toEqual(["he", "ll", "o"]);
    expect(recording.fields("go").output).toBe("hello");
  });

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

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
}

async function collect(source: AsyncIterable<string>): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return chunks;
}

async function* readerOf(stream: Chunks): AsyncGenerator<string> {
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}

/** A byte stream that fills the buffer that it is given. */
function bytesOf(text: string): ReadableStream<Uint8Array> {
  let left = new TextEncoder().encode(text);
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const request = controller.byobRequest;
      const view = request?.view as Uint8Array | undefined;
      const size = Math.min(left.length, view?.length ?? 2);
      const piece = left.subarray(0, size);
      left = left.slice(size);
      if (size === 0) {
        controller.close();
        request?.respond(0);
      } else if (view !== undefined) {
        view.set(piece);
        request?.respond(size);
      } else controller.enqueue(piece);
    },
  });
}
