import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";
import { bytesOf, type Chunks, collect, streamOf } from "./stream-sources.ts";
import { rejectionsOf } from "./unhandled.ts";

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
});

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1));
}

async function* readerOf(stream: Chunks): AsyncGenerator<string> {
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}
