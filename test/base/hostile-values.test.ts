import { describe, expect, it } from "vitest";
import { encodeJson, encodeText } from "../../src/base/encode.ts";
import { utf8Bytes } from "../../src/base/encode-limits.ts";
import { HOSTILE_VALUES, LARGE_VALUES } from "../hostile-values.ts";

const LIMITS = { maxFieldBytes: 1_048_576, mask: undefined };
const keep = (text: string): string => text;

describe.each(HOSTILE_VALUES)("the encoder, given $name", ({ make, ...expected }) => {
  it.each([
    ["by itself", (value: unknown) => value, (stands: unknown) => stands],
    ["in a list", (value: unknown) => [value], (stands: unknown) => [stands]],
    ["in a map", (value: unknown) => new Map([["a", value]]), (stands: unknown) => ({ a: stands })],
  ])("%s, runs nothing of the user's and says what it is", (place, put, standsIn) => {
    let runs = 0;
    const value = put(make(() => runs++));

    const { text } = encodeJson(value, "inputs", LIMITS);

    expect(runs).toBe(0);
    expect(utf8Bytes(text)).toBeLessThan(LIMITS.maxFieldBytes + 4000);
    const parsed: unknown = JSON.parse(text);
    // Of an object's properties, one that is undefined is left out.
    if (place === "in a map" && make(() => {}) === undefined) return;
    if (expected.stands !== undefined) expect(parsed).toEqual(standsIn(expected.stands));
  });

  it("gives the same with a mask that keeps everything", () => {
    const plain = encodeJson(
      make(() => {}),
      "inputs",
      LIMITS,
    );
    const masked = encodeJson(
      make(() => {}),
      "inputs",
      { ...LIMITS, mask: keep },
    );

    expect(JSON.parse(masked.text)).toEqual(JSON.parse(plain.text));
  });
});

describe.each(LARGE_VALUES)("the encoder, given $name", ({ make }) => {
  it.each([1000, 1_048_576])(
    "keeps to a cap of %d bytes and tells the full size",
    (maxFieldBytes) => {
      const value = [make(() => {})];

      const { text, fullBytes } = encodeJson(value, "inputs", { maxFieldBytes, mask: undefined });

      expect(() => JSON.parse(text)).not.toThrow();
      expect(utf8Bytes(text)).toBeLessThan(maxFieldBytes + 4000);
      if (text.includes("[cut: ")) expect(fullBytes).toBeGreaterThan(maxFieldBytes);
    },
  );

  it("keeps to the cap as text too", () => {
    const { text } = encodeText(
      make(() => {}),
      "output",
      LIMITS,
    );

    expect(utf8Bytes(text)).toBeLessThan(LIMITS.maxFieldBytes + 4000);
  });
});

/** How often anything of a list of that length is asked for while it is encoded. */
function countTraps(length: number, maxFieldBytes: number): number {
  let traps = 0;
  const counting: ProxyHandler<object> = {
    getOwnPropertyDescriptor(...asked) {
      traps++;
      return Reflect.getOwnPropertyDescriptor(...asked);
    },
  };
  const row = new Proxy({ id: 1, at: new Date(0) }, counting);
  const list = new Proxy(new Array(length).fill(row), counting);
  encodeJson(list, "inputs", { maxFieldBytes, mask: undefined });
  return traps;
}

describe("the encoder's work", () => {
  it("doubles with twice the data", () => {
    expect(countTraps(2000, 1e9)).toBeLessThan(2.1 * countTraps(1000, 1e9));
  });

  it("has an end past the cap", () => {
    expect(countTraps(1_000_000, 1000)).toBeLessThan(1_000_000);
  });

  it("takes no more of a set than it may need", () => {
    const values = new Set(Array.from({ length: 1_000_000 }, (_, index) => index));
    const steps = Object.getPrototypeOf(values.values()) as { next(): unknown };
    const { next } = steps;
    let taken = 0;
    steps.next = function () {
      taken++;
      return next.call(this);
    };

    try {
      encodeJson(values, "inputs", { maxFieldBytes: 1000, mask: undefined });
    } finally {
      steps.next = next;
    }

    expect(taken).toBeGreaterThan(0);
    expect(taken).toBeLessThan(200_000);
  });

  it("does not show a mask what is left out", () => {
    const seen: string[] = [];
    const mask = (text: string): string => {
      seen.push(text);
      return text;
    };

    encodeJson(new Array(1000).fill("x".repeat(100)), "inputs", { maxFieldBytes: 1000, mask });

    expect(seen.length).toBeLessThan(12);
  });
});

describe("a text that is cut", () => {
  it.each([
    ["control characters before others", `${"\u0001".repeat(5000)}${"x".repeat(20_000)}`],
    ["wide characters", "\u4e16".repeat(5000)],
    ["quotes", '"'.repeat(5000)],
  ])("of %s is within the cap", (_name, text) => {
    const encoded = encodeJson(text, "inputs", { maxFieldBytes: 1000, mask: undefined });

    expect(utf8Bytes(encoded.text)).toBeLessThan(1050);
    expect(encoded.text).toContain(`[cut: ${text.length} characters in all]`);
  });

  it("does not end in half a character", () => {
    for (const length of [1001, 1002, 1003, 1004]) {
      const text = `${"x".repeat(length - 1000)}${"\u{1f600}".repeat(1000)}`;

      const encoded = encodeJson(text, "inputs", { maxFieldBytes: 1000, mask: undefined });

      expect(encoded.text).not.toContain("\\ud83d");
    }
  });

  it("counts what it takes of lists of nothing", () => {
    for (const value of [undefined, {}, []]) {
      const { text } = encodeJson(new Array(100_000).fill(value), "inputs", {
        maxFieldBytes: 1000,
        mask: undefined,
      });

      expect(utf8Bytes(text)).toBeLessThan(1100);
    }
  });

  it("says how large all of it is", () => {
    const limits = { maxFieldBytes: 1000, mask: undefined };
    for (const value of [
      { rows: new Array(3000).fill({ id: 1, name: "row" }) },
      new Map(Array.from({ length: 3000 }, (_, index) => [`key ${index}`, { id: 1 }])),
      ["x".repeat(50_000), new Set([1, 2, 3]), "y".repeat(10_000)],
    ]) {
      const all = encodeJson(value, "inputs", { ...limits, maxFieldBytes: 1e9 }).text.length;
      const { fullBytes = 0 } = encodeJson(value, "inputs", limits);

      expect(Math.abs(fullBytes / all - 1)).toBeLessThan(0.4);
    }
  });
});
