import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { flow } from "../../src/index.ts";
import { useRecording } from "./recording.ts";

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Several rounds: a registry's callbacks run some time after a collection. */
async function collect(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

class Task<T> extends Promise<T> {}

async function* numbers(): AsyncGenerator<number> {
  for (let n = 0; n < 3; n++) yield n;
}

/** An iterable that its own iterator does not hold. */
function iterable(): AsyncIterable<number> {
  const source = numbers();
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
}

describe("collection", () => {
  const recording = useRecording();
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];

  it.each<[string, () => unknown]>([
    ["an iterator", () => numbers()],
    ["a stream", () => new ReadableStream()],
    ["a promise of a subclass", () => new Task(() => {})],
  ])("of %s that nobody read ends the span as unobserved", async (_what, make) => {
    (() => void flow("go", make)())();

    await collect();
    expect(outcome()).toBe("unobserved");
  });

  it("of an iterable does not end the span while its iterator is read", async () => {
    const iterator = flow("go", iterable)()[Symbol.asyncIterator]();

    while (!(await iterator.next()).done) await collect();
    expect(outcome()).toBeUndefined();
  });

  it("of a promise does not end the span while the stream that it gave is read", async () => {
    const stream = await flow("go", () => Task.resolve(iterable()))();

    await collect();
    for await (const _ of stream) await collect();
    expect(outcome()).toBeUndefined();
  });
});
