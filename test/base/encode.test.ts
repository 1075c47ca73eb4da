import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { encodeJson, encodeText } from "../../src/base/encode.ts";
import { utf8Bytes } from "../../src/base/encode-limits.ts";

const LIMITS = { maxFieldBytes: 1_000_000, mask: undefined };
const encode = (value: unknown, limits = LIMITS) => {
  const { text } = encodeJson(value, "inputs", limits);
  return JSON.parse(text) as unknown;
};

describe("encodeJson", () => {
  it("writes plain JSON data as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(encodeJson(value, "x", LIMITS).text).toBe(JSON.stringify(value));
      }),
    );
  });

  it.each<[string, unknown, unknown]>([
    ["undefined", undefined, null],
    ["a property that is undefined", { a: undefined, b: 1 }, { b: 1 }],
    ["a BigInt", 12345678901234567890n, "12345678901234567890"],
    ["NaN", { a: Number.NaN }, { a: "NaN" }],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["a function", { a: () => 1 }, { a: "[function]" }],
    ["a date", new Date(0), "1970-01-01T00:00:00.000Z"],
    ["an invalid date", new Date(Number.NaN), "[invalid date]"],
    ["a map", new Map([["a", 1]]), { a: 1 }],
    ["a map with other keys", new Map([[1, 2]]), [[1, 2]]],
    ["a set", new Set([1, "a"]), [1, "a"]],
    [
      "an error",
      new RangeError("far", { cause: "why" }),
      { name: "RangeError", message: "far", cause: "why" },
    ],
    ["a regular expression", /a+/gi, "/a+/gi"],
    ["a URL", new URL("http://x.test/a?b=1"), "http://x.test/a?b=1"],
    ["headers", new Headers({ "X-A": "1" }), { "x-a": "1" }],
    ["bytes", new Uint8Array(3), "[Uint8Array: 3 bytes]"],
    ["a buffer", Buffer.from("abc"), "[Buffer: 3 bytes]"],
    ["a promise", Promise.resolve(1), "[Promise]"],
    ["a boxed number", Object(3), 3],
    ["no prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ["holes", Object.assign(new Array(3), { 0: 1, 2: 3 }), [1, null, 3]],
  ])("takes %s", (_name, value, expected) => {
    expect(encode(value)).toEqual(expected);
  });

  it("takes class instances by their own data, without their toJSON", () => {
    class Point {
      x = 1;
      toJSON() {
        throw new Error("not to be run");
      }
    }

    expect(encode({ point: new Point() })).toEqual({ point: { x: 1 } });
  });

  it("takes Temporal's objects by the text that the platform makes of them", () => {
    class PlainDate {
      readonly #text: string = "2026-11-22";
      toJSON() {
        return this.#text;
      }
    }
    const ours = new (class PlainDate {
      toJSON() {
        throw new Error("not to be run");
      }
    })();

    vi.stubGlobal("Temporal", { PlainDate });
    try {
      expect(encode([new PlainDate(), ours])).toEqual(["2026-11-22", "[PlainDate]"]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("never runs a getter", () => {
    let ran = 0;
    const value = {
      get a() {
        return ran++;
      },
    };

    expect(encode([value])).toEqual([{ a: "[getter]" }]);
    expect(ran).toBe(0);
  });

  it("marks cycles and great depth", () => {
    const cycle: { self?: unknown } = {};
    cycle.self = [cycle];
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];

    expect(encode(cycle)).toEqual({ self: ["[circular]"] });
    expect(JSON.stringify(encode(deep)).startsWith(`${"[".repeat(100)}"[deeper than 100]"`)).toBe(
      true,
    );
  });

  it("writes a shared object each time it stands, which is no cycle", () => {
    const shared = { a: 1 };

    expect(encode([shared, shared, () => {}])).toEqual([shared, shared, "[function]"]);
  });

  it("survives proxies whose traps throw and revoked ones", () => {
    const throwing = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("trap");
        },
      },
    );
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();

    expect(encode({ a: throwing, b: revoked.proxy, c: 1 })).toEqual({
      a: "[unreadable]",
      b: "[unreadable]",
      c: 1,
    });
  });

  it("never gives more than the cap and a marker's worth, and tells the full size", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 16, max: 400 }), (value, maxFieldBytes) => {
        const { text } = encodeJson(value, "x", { maxFieldBytes, mask: undefined });
        expect(() => JSON.parse(text)).not.toThrow();
        expect(utf8Bytes(text)).toBeLessThan(maxFieldBytes + 1500);
      }),
    );
    const large = encodeJson({ a: "x".repeat(5000) }, "x", {
      maxFieldBytes: 1000,
      mask: undefined,
    });
    expect(utf8Bytes(large.text)).toBeLessThan(1100);
    expect(large.text).toContain("[cut: 5000 characters in all]");
    expect(large.fullBytes).toBeGreaterThan(5000);
  });

  it("stays linear on data that shares itself exponentially", () => {
    let value: unknown = "leaf";
    for (let level = 0; level < 60; level++) value = [value, value];

    expect(
      utf8Bytes(encodeJson(value, "x", { maxFieldBytes: 10_000, mask: undefined }).text),
    ).toBeLessThan(20_000);
  });

  it("masks secrets by their look and by their key, in every kind of place", () => {
    const key = "sk-proj-abcdefghijklmnopqrstuvwx";
    const values = {
      text: `use ${key} now\n${key}`,
      headers: { Authorization: "anything", "x-api-key": 1, cookie: ["a"] },
      nested: [{ token: `Bearer abcdefghijklmnop1234` }],
      map: new Map([["k", key]]),
    };

    const text = JSON.stringify(encode(values));
    expect(text).not.toContain("abcdefghijklmnop");
    expect(encode(values)).toMatchObject({
      text: "use [masked] now\n[masked]",
      headers: { Authorization: "[masked]", "x-api-key": "[masked]", cookie: "[masked]" },
    });
    expect(encode({ a: "task-management-and-more-words" })).toEqual({
      a: "task-management-and-more-words",
    });
  });

  it("masks a secret in a key, and one that the cut goes through", () => {
    const key = `sk-${"proj-"}${"Ab1_".repeat(10)}`;
    const pem = `-----BEGIN PRIVATE KEY-----\n${"MIIE".repeat(300)}\n-----END PRIVATE KEY-----`;
    const small = { ...LIMITS, maxFieldBytes: 300 };

    expect(encode({ [key]: () => 1 })).toEqual({ "[masked]": "[function]" });
    expect(JSON.stringify(encode({ pem }, small))).not.toContain("MIIE");
    expect(JSON.stringify(encode(`${"x ".repeat(140)}${key}`, small))).not.toContain("Ab1_");
  });

  it("cuts a key that is over the cap", () => {
    expect(
      JSON.stringify(encode({ ["k".repeat(9000)]: 1 }, { ...LIMITS, maxFieldBytes: 300 })).length,
    ).toBeLessThan(500);
  });

  it("reads the size of bytes without a getter of a subclass", () => {
    class Page extends Uint8Array {
      override get byteLength(): number {
        throw new Error("not to be run");
      }
    }

    expect(encode(new Page(3))).toBe("[Page: 3 bytes]");
  });

  it("passes strings with their paths to the user's mask; one that fails masks the field", () => {
    const seen: string[] = [];
    const mask = (text: string, path: string) => {
      seen.push(path);
      return text.replace("Ann", "[name]");
    };

    expect(encode({ a: ["Ann said"] }, { ...LIMITS, mask } as never)).toEqual({
      a: ["[name] said"],
    });
    expect(seen).toEqual(["inputs.a.0"]);
    const throwing = () => {
      throw new Error("mask");
    };
    expect(encode({ a: "x" }, { ...LIMITS, mask: throwing } as never)).toBe("[masked]");
    expect(encode({ a: "x" }, { ...LIMITS, mask: () => undefined } as never)).toBe("[masked]");
  });
});

describe("encodeText", () => {
  it.each<[unknown, string]>([
    ["as it is", "as it is"],
    [{ a: "ü" }, '{"a":"ü"}'],
    [5, "5"],
    [null, "null"],
  ])("writes %j as a string", (value, plain) => {
    expect(encodeText(value, "output", LIMITS)).toEqual({
      text: JSON.stringify(plain),
      plain,
      fullBytes: undefined,
    });
  });
});
