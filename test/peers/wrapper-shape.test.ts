import { describe, expect, it } from "vitest";
import { flow, prompt, tool } from "../../src/index.ts";
import { useRecording } from "../record/recording.ts";

/** What three or more of the wrappers in `docs/compared.md` change of the function they wrap. */
describe("a wrapped function is what it was", () => {
  const recording = useRecording();
  const wrappers = [flow, prompt, tool];

  it("keeps the name of the function", () => {
    function foo(a: number, b: number) {
      return a + b;
    }

    for (const wrap of wrappers) expect(wrap(foo).name).toBe("foo");
    expect(flow("another/path", foo).name).toBe("foo");
  });

  it("keeps the length of the function", () => {
    for (const wrap of wrappers) {
      expect(wrap((a: number, b: number) => a + b).length).toBe(2);
      expect(
        wrap("path", (a: number, b = 1, ...rest: number[]) => a + b + rest.length).length,
      ).toBe(1);
    }
  });

  it("keeps the function's own properties, and writes to them reach it", () => {
    const foo = Object.assign((n: number) => n, { schema: { type: "number" }, calls: 0 });

    for (const wrap of wrappers) {
      const wrapped = wrap(foo);
      expect(wrapped.schema).toBe(foo.schema);
      wrapped.calls += 1;
    }
    expect(foo.calls).toBe(3);
  });

  it("gives a sync function's value at once, not a promise", () => {
    for (const wrap of wrappers) {
      const value: number = wrap((n: number) => n * 2)(21);

      expect(value).toBe(42);
    }
  });

  it("throws a sync function's error at the call, not as a rejection", () => {
    const error = new Error("sync");

    for (const wrap of wrappers) {
      const fail = wrap((): number => {
        throw error;
      });
      expect(() => void fail()).toThrow(error);
    }
  });

  it("calls a method with its own this", () => {
    class Counter {
      count = 0;
      next(): number {
        this.count += 1;
        return this.count;
      }
    }
    Counter.prototype.next = flow(Counter.prototype.next);
    const plain = {
      word: "x",
      say: tool(function (this: { word: string }) {
        return this.word;
      }),
      spell: prompt(function* (this: { word: string }) {
        yield* this.word;
      }),
    };

    const counter = new Counter();
    expect([counter.next(), counter.next()]).toEqual([1, 2]);
    expect(plain.say()).toBe("x");
    expect([...plain.spell()]).toEqual(["x"]);
    expect(recording.spans()).toHaveLength(4);
  });

  it("runs nothing of a generator until it is read, and no more than is read", () => {
    for (const wrap of wrappers) {
      let steps = 0;
      const count = wrap(function* () {
        for (const n of [1, 2, 3]) {
          steps = n;
          yield n;
        }
      });

      const counter = count();
      expect(steps).toBe(0);
      counter.next();
      counter.next();
      expect(steps).toBe(2);
      counter.return();
    }
  });
});

describe("a wrapped function while tracing is off", () => {
  it("is called directly and gives its own promise", () => {
    const promise = Promise.resolve(1);

    expect(flow(() => promise)()).toBe(promise);
  });
});
