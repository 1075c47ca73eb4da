import { describe, expect } from "vitest";
import type { AnyFunction } from "../../../src/record/types.ts";
import { useRecording } from "../recording.ts";
import { promiseWithin } from "./promise.ts";

const INLINE = "it runs a body at once and gives no function";

describe("4.1 this, names and properties", () => {
  const recording = useRecording();
  const ofFunctions = promiseWithin({ except: { ".run": INLINE } });
  const ofThis = promiseWithin({ except: { ".run": "its body closes over `this`" } });
  const ofMethods = promiseWithin({
    except: { wrapper: "it gives a function, not a property of a class", ".run": INLINE },
  });
  const ofWrappers = promiseWithin({
    except: {
      ".run": INLINE,
      "TC39 decorator": "a method cannot be constructed",
      "legacy decorator": "a method cannot be constructed",
    },
  });

  ofThis("this reaches the function, whatever it is", ({ wrap }) => {
    const self = { count: 1 };
    const go = wrap(function (this: unknown) {
      return this;
    });

    for (const given of [self, undefined, null, 5, "text", Symbol("s")]) {
      expect(Reflect.apply(go, given, [])).toBe(given);
    }
    expect(recording.spans()).toHaveLength(6);
  });

  ofThis("this reaches async functions and generators", async ({ wrap }) => {
    const self = { name: "a" };
    const later = wrap(async function (this: unknown) {
      await undefined;
      return this;
    });
    const pieces = wrap(function* (this: unknown) {
      yield this;
    });
    const laterPieces = wrap(async function* (this: unknown) {
      yield this;
    });

    expect(await Reflect.apply(later, self, [])).toBe(self);
    expect(Reflect.apply(pieces, self, []).next().value).toBe(self);
    expect((await Reflect.apply(laterPieces, self, []).next()).value).toBe(self);
  });

  ofThis("call, apply and bind work on it", ({ wrap }) => {
    const go = wrap(function (this: unknown, n: number) {
      return [this, n];
    });

    expect([go.call("a", 1), go.apply("b", [2]), go.bind("c")(3)]).toEqual([
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ]);
    expect(recording.spans()).toHaveLength(3);
  });

  ofFunctions("name and length stay", ({ members }) => {
    const { plain, withDefault, withRest, later, pieces } = members();

    expect([plain, withDefault, withRest, later, pieces].map((fn) => [fn.name, fn.length])).toEqual(
      [
        ["plain", 2],
        ["withDefault", 1],
        ["withRest", 1],
        ["later", 1],
        ["pieces", 1],
      ],
    );
    plain("q", 1);
    expect(recording.fields("go").output).toBe('["q",1]');
  });

  ofFunctions("own properties stay", ({ members }) => {
    const { withOwnProperty } = members();

    expect((withOwnProperty as AnyFunction & { tag?: string }).tag).toBe("own");
    expect(Object.keys(withOwnProperty)).toEqual(["tag"]);
    withOwnProperty();
    expect(recording.spans()).toHaveLength(1);
  });

  ofFunctions("the function's source text can be read", ({ members }) => {
    const { plain } = members();

    expect(plain.toString()).toMatch(/^(?:function )?plain\(|=>/);
    expect(plain.toString()).not.toContain("native code");
  });

  ofFunctions("the function keeps its kind", ({ members }) => {
    const { plain, later, pieces } = members();
    const tag = (fn: unknown) => Object.prototype.toString.call(fn);

    expect([plain, later, pieces].map(tag)).toEqual([
      "[object Function]",
      "[object AsyncFunction]",
      "[object GeneratorFunction]",
    ]);
    expect(Object.getPrototypeOf(pieces)).toBe(Object.getPrototypeOf(function* () {}));
  });

  ofMethods("a method's property stays as a class makes it", ({ members }) => {
    const prototype = members();

    expect(Object.keys(prototype)).toEqual([]);
    expect(Object.getOwnPropertyDescriptor(prototype, "plain")).toMatchObject({
      configurable: true,
      enumerable: false,
      writable: true,
    });
  });

  ofMethods("a method cannot be constructed, as before", ({ members }) => {
    const { plain } = members();

    expect(() => Reflect.construct(plain, [])).toThrow(TypeError);
    expect("prototype" in plain).toBe(false);
  });

  ofWrappers("a constructor constructs, without a span", ({ wrap }) => {
    function Point(this: { x: number }, x: number) {
      this.x = x;
    }
    const Wrapped = wrap(Point);

    const point = Reflect.construct(Wrapped, [4]);
    expect(point).toMatchObject({ x: 4 });
    expect(point).toBeInstanceOf(Point);
    expect(point).toBeInstanceOf(Wrapped);
    expect(recording.spans()).toEqual([]);
  });
});
