import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise, promiseWithin } from "./promise.ts";

const ANYTHING = [
  undefined,
  null,
  0,
  -0,
  Number.NaN,
  "",
  "text",
  Symbol("s"),
  12n,
  () => 1,
  { a: 1 },
];

describe("4.1 values and errors", () => {
  const recording = useRecording();
  const withArguments = promiseWithin({ except: { ".run": "its body takes no arguments" } });

  promise("a sync result is given at once, the same object", ({ wrap }) => {
    const answer = { text: "yes" };

    expect(wrap(() => answer)()).toBe(answer);
    expect(recording.fields("go").output).toBe('{"text":"yes"}');
  });

  promise("any value comes back as it is, sync and awaited", async ({ wrap }) => {
    for (const value of ANYTHING) {
      expect(wrap(() => value)()).toBe(value);
      expect(await wrap(async () => value)()).toBe(value);
    }
    expect(recording.spans()).toHaveLength(ANYTHING.length * 2);
  });

  promise("a result gets no property and loses none, frozen ones included", ({ wrap }) => {
    const plain = { a: 1, [Symbol("b")]: 2 };
    const frozen = Object.freeze([1, 2]);
    const keys = Reflect.ownKeys(plain);

    wrap(() => plain)();
    expect(Reflect.ownKeys(plain)).toEqual(keys);
    expect(wrap(() => frozen)()).toBe(frozen);
  });

  promise("a sync throw comes out as the same error object, at once", ({ wrap }) => {
    const error = new RangeError("too far");
    const go = wrap(() => {
      throw error;
    });

    expect(caught(go)).toBe(error);
    expect(Reflect.ownKeys(error)).toEqual(["stack", "message"]);
    expect(recording.fields("go").error).toBe("RangeError: too far");
  });

  promise("a rejection has the same error object", async ({ wrap }) => {
    const error = new Error("no");
    const go = wrap(async () => {
      throw error;
    });

    await expect(go()).rejects.toBe(error);
    expect(recording.fields("go").error).toBe("Error: no");
  });

  promise("anything that is thrown comes out as it is, sync and awaited", async ({ wrap }) => {
    for (const thrown of ANYTHING) {
      const fail = () => {
        throw thrown;
      };

      expect(caught(wrap(fail))).toBe(thrown);
      expect(await wrap(async () => fail())().catch((error: unknown) => [error])).toEqual([thrown]);
    }
    const ended = recording.spans().map((span) => span.attributes["flowspan.outcome"]);
    expect(ended).toEqual(Array(ANYTHING.length * 2).fill("error"));
  });

  withArguments("the arguments come as they are, as many as there were", ({ wrap }) => {
    const object = Object.freeze({ a: 1 });
    const go = wrap((...args: unknown[]) => args);

    for (const args of [[], [undefined], [object, undefined, undefined], [1, 2, 3, 4, 5]]) {
      const got = go(...args);
      expect(got).toStrictEqual(args);
      expect(got[0]).toBe(args[0]);
    }
    expect(recording.spans()).toHaveLength(4);
  });

  promise("each call runs the function once", async ({ wrap }) => {
    let calls = 0;
    const sync = wrap(() => ++calls);
    const later = wrap(async () => ++calls);

    sync();
    await later();
    expect(calls).toBe(2);
    expect(recording.spans()).toHaveLength(2);
  });

  promise("a sync function stays sync and an async one async", async ({ wrap }) => {
    const order: string[] = [];

    wrap(() => order.push("sync"))();
    order.push("after sync");
    const pending = wrap(async () => {
      order.push("async");
      await undefined;
      order.push("later");
    })();
    order.push("after async");
    await pending;
    expect(order).toEqual(["sync", "after sync", "async", "after async", "later"]);
  });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("it did not throw");
}
