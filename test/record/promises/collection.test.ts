import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

setFlagsFromString("--expose_gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** A registry's callbacks run some time after a collection. */
async function collect(done: () => boolean, rounds = 20): Promise<void> {
  for (let round = 0; round < rounds && !done(); round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

class Task<T> extends Promise<T> {}

async function* numbers(): AsyncGenerator<number> {
  for (let n = 0; n < 3; n++) yield n;
}

function* someNumbers(): Generator<number> {
  yield* [1, 2];
}

/** An iterable that its own iterator does not hold. */
function iterable(): AsyncIterable<number> {
  const source = numbers();
  return { [Symbol.asyncIterator]: () => ({ next: () => source.next() }) };
}

/** What may be given and thrown away: how it is made and how far it is read before. */
const THROWN_AWAY: Readonly<Record<string, () => unknown>> = {
  "a generator of another function": () => someNumbers(),
  "an async generator of another function": () => numbers(),
  "a web stream": () => new ReadableStream(),
  "a promise of a subclass": () => new Task(() => {}),
  "an async iterable": () => iterable(),
};

describe("4.3 what is thrown away", () => {
  const recording = useRecording();
  const ended = () => recording.spans().length > 0;
  const outcome = () => recording.span("go").attributes["flowspan.outcome"];

  for (const [what, make] of Object.entries(THROWN_AWAY)) {
    promise(
      `${what} that nobody reads ends its span as unobserved at collection`,
      async ({ wrap }) => {
        (() => void wrap(make)())();

        expect(ended()).toBe(false);
        await collect(ended);
        expect(outcome()).toBe("unobserved");
      },
    );
  }

  promise(
    "a generator that is left half-way ends as unobserved, with its pieces",
    async ({ wrap }) => {
      (() => void wrap(someNumbers)().next())();

      await collect(ended);
      expect(outcome()).toBe("unobserved");
    },
  );

  promise("an async generator that is left half-way ends as unobserved", async ({ wrap }) => {
    await (async () => void (await wrap(numbers)().next()))();

    await collect(ended);
    expect(outcome()).toBe("unobserved");
  });

  promise("a collection does not end the span of what is still read", async ({ wrap }) => {
    const iterator = wrap(iterable)()[Symbol.asyncIterator]();
    const stream = await wrap(async () => iterable(), "stream")();

    collectGarbage();
    while (!(await iterator.next()).done);
    await collect(ended, 1);
    for await (const _ of stream);
    expect(outcome()).toBeUndefined();
    expect(recording.span("stream").attributes["flowspan.outcome"]).toBeUndefined();
  });

  promise("a pending promise is not held by its span", async ({ wrap }) => {
    const made = (() => new WeakRef(wrap(() => new Promise(() => {}))()))();

    // Looking at it would keep it for this turn.
    await collect(ended, 2);
    expect(made.deref()).toBeUndefined();
  });
});
