import { describe, expect } from "vitest";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

describe("4.1 generators", () => {
  const recording = useRecording();

  promise("nothing runs before the first next", ({ wrap }) => {
    let ran = false;
    const walk = wrap(function* () {
      ran = true;
      yield 1;
    });

    const walker = walk();
    expect(ran).toBe(false);
    walker.next();
    expect(ran).toBe(true);
  });

  promise("one that is never pulled records nothing, also when it is ended", ({ wrap }) => {
    const walk = wrap(function* () {
      yield 1;
    });

    walk();
    expect(walk().return(undefined as never)).toEqual({ value: undefined, done: true });
    expect(() => walk().throw(new Error("in"))).toThrow("in");
    expect(recording.spans()).toEqual([]);
    expect(walk().next().value).toBe(1);
  });

  promise("it gives a generator, its own iterator", ({ wrap }) => {
    const walker = wrap(function* () {
      yield 1;
    })();

    expect(Object.prototype.toString.call(walker)).toBe("[object Generator]");
    expect(walker[Symbol.iterator]()).toBe(walker);
    expect(Object.keys(walker)).toEqual([]);
    expect(walker.next()).toEqual({ value: 1, done: false });
  });

  promise("what is yielded and returned comes out as it is", ({ wrap }) => {
    const piece = { a: 1 };
    const walk = wrap(function* () {
      yield piece;
      yield undefined;
      return "end";
    });

    const walker = walk();
    expect(walker.next().value).toBe(piece);
    expect([walker.next(), walker.next(), walker.next()]).toEqual([
      { value: undefined, done: false },
      { value: "end", done: true },
      { value: undefined, done: true },
    ]);
    expect(recording.spans()).toHaveLength(1);
  });

  promise("it is read by for, spread, destructuring and yield*", ({ wrap }) => {
    const walk = wrap(function* () {
      yield 1;
      yield 2;
    });
    function* around() {
      yield* walk();
    }

    const taken: number[] = [];
    for (const piece of walk()) taken.push(piece);
    const [first] = walk();
    expect([taken, [...walk()], first, [...around()], Array.from(walk())]).toEqual([
      [1, 2],
      [1, 2],
      1,
      [1, 2],
      [1, 2],
    ]);
    expect(recording.spans()).toHaveLength(5);
  });

  promise("what next() is given reaches the body", ({ wrap }) => {
    const talk = wrap(function* (): Generator<string, string, string> {
      const name = yield "who?";
      return `hi ${name}`;
    });

    const talker = talk();
    expect(talker.next("ignored").value).toBe("who?");
    expect(talker.next("Ann")).toEqual({ value: "hi Ann", done: true });
  });
});
