import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

type Read = (stream: ReadableStream<number>) => unknown;

const wait = () => new Promise((resolve) => setTimeout(resolve, 2));

/** Ways to read a part of an endless stream. */
const READERS: Readonly<Record<string, Read>> = {
  "is not read": () => {},
  "is read three times": async (stream) => {
    const reader = stream.getReader();
    for (let n = 0; n < 3; n++) await reader.read();
  },
  "is read ahead, without waiting": (stream) => {
    const reader = stream.getReader();
    for (let n = 0; n < 3; n++) void reader.read();
  },
  "is left after two": async (stream) => {
    let taken = 0;
    for await (const _ of stream) if (++taken === 2) break;
  },
  "is read on one branch of a tee": async (stream) => {
    const [left] = stream.tee();
    const reader = left.getReader();
    for (let n = 0; n < 3; n++) await reader.read();
  },
  "is piped to a sink that stalls": (stream) => {
    let written = 0;
    const stalled = new Promise<void>(() => {});
    const write = () => (++written === 3 ? stalled : undefined);
    void stream.pipeTo(new WritableStream({ write }));
  },
  "is piped through a transform that nobody reads": (stream) => {
    stream.pipeThrough(new TransformStream());
  },
};

const wasObserved = ({ attributes }: ReadableSpan): boolean =>
  attributes["flowspan.outcome"] !== "unobserved";

describe("4.1 the pace of web streams", () => {
  const recording = useRecording();

  for (const [way, read] of Object.entries(READERS)) {
    for (const highWaterMark of [0, 1, 4]) {
      promise(
        `a source that ${way} is pulled as far as without us (${highWaterMark} ahead)`,
        async ({ wrap }) => {
          const bare = await pulls((make) => make(), read, highWaterMark);

          const wrapped = await pulls((make) => wrap(make)(), read, highWaterMark);
          // A step takes one microtask more, in which the platform may fill its queue once again.
          const more = way === "is left after two" && highWaterMark > 0 ? 1 : 0;
          expect(wrapped - bare).toBeGreaterThanOrEqual(0);
          expect(wrapped - bare).toBeLessThanOrEqual(more);
          expect(bare).toBeLessThan(20);
          // Streams of the tests before may be collected while this one runs.
          const ended = recording.spans().filter(wasObserved);
          expect(ended.length).toBe(way === "is left after two" ? 1 : 0);
        },
      );
    }
  }
});

/** How often the source of an endless stream was asked for a chunk. */
async function pulls(
  call: (make: () => ReadableStream<number>) => ReadableStream<number>,
  read: Read,
  highWaterMark: number,
): Promise<number> {
  let pulled = 0;
  const source = { pull: (to: ReadableStreamDefaultController) => to.enqueue(++pulled) };
  await read(call(() => new ReadableStream(source, { highWaterMark })));
  await wait();
  return pulled;
}
