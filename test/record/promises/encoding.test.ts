import { afterEach, describe, expect } from "vitest";
import { sharedState } from "../../../src/base/shared-state.ts";
import { DEFAULT_POLICY } from "../../../src/spans/policy.ts";
import { useRecording } from "../recording.ts";
import { promise } from "./promise.ts";

const SECRET = `sk-${"a1b2c3d4".repeat(4)}`;

class Money {
  constructor(
    readonly amount: number,
    readonly currency: string,
  ) {}
}

/** What a call may give, and what is recorded of it. */
const VALUES: Readonly<Record<string, () => readonly [value: unknown, recorded: unknown]>> = {
  "a cycle": () => {
    const object: Record<string, unknown> = { a: 1 };
    object.self = object;
    return [object, { a: 1, self: "[circular]" }];
  },
  "a BigInt": () => [{ n: 12n }, { n: "12" }],
  "a Map": () => [new Map([["a", 1]]), { a: 1 }],
  "a Set": () => [new Set([1, 2]), [1, 2]],
  "a Date": () => [{ at: new Date(0) }, { at: "1970-01-01T00:00:00.000Z" }],
  "an Error": () => [
    new TypeError("no", { cause: "why" }),
    { name: "TypeError", message: "no", cause: "why" },
  ],
  "a typed array": () => [{ bytes: new Uint8Array(3) }, { bytes: "[Uint8Array: 3 bytes]" }],
  "a class's instance": () => [new Money(3, "EUR"), { amount: 3, currency: "EUR" }],
  "a function and a symbol": () => [
    [() => 1, Symbol("s")],
    ["[function]", "Symbol(s)"],
  ],
  "NaN and infinity": () => [
    [Number.NaN, Number.POSITIVE_INFINITY],
    ["NaN", "Infinity"],
  ],
  "a proxy whose traps throw": () => {
    const refuse = (): never => {
      throw new Error("trap");
    };
    return [
      [new Proxy({}, { ownKeys: refuse, getOwnPropertyDescriptor: refuse })],
      ["[unreadable]"],
    ];
  },
  "a revoked proxy": () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return [[proxy], ["[unreadable]"]];
  },
};

describe("4.4 the encoder", () => {
  const recording = useRecording();
  afterEach(() => sharedState().policies.clear());
  const output = () => JSON.parse(String(recording.fields("go").output)) as unknown;

  for (const [what, make] of Object.entries(VALUES)) {
    promise(`takes ${what}`, async ({ wrap }) => {
      const [value, recorded] = make();

      expect((await wrap(async () => [value])())[0]).toBe(value);
      expect(output()).toEqual([recorded]);
    });
  }

  promise("runs no getter and no toJSON of the user's", async ({ wrap }) => {
    let ran = 0;
    class Row {
      id = 1;
      get lazy() {
        return ran++;
      }
      toJSON() {
        return ran++;
      }
    }
    const row = Object.defineProperty(new Row(), "own", {
      enumerable: true,
      get: () => ran++,
    });

    await wrap(async () => row)();
    for (const _ of wrap(function* () {
      yield row;
    }, "pieces")());
    expect(ran).toBe(0);
    expect(output()).toEqual({ id: 1, own: "[getter]" });
  });

  promise("runs no getter of a result to tell what it is", ({ wrap }) => {
    const ran: PropertyKey[] = [];
    const names = [
      "then",
      "next",
      "getReader",
      "choices",
      "object",
      "role",
      "content",
      "pipe",
      "body",
    ];
    const getters = [...names, Symbol.iterator, Symbol.asyncIterator, "constructor"].map((name) => [
      name,
      { enumerable: true, get: () => ran.push(name) },
    ]);
    const result = Object.defineProperties({}, Object.fromEntries(getters));

    expect(wrap(() => result)()).toBe(result);
    expect(wrap(() => Object.create(result) as object)()).toBeTypeOf("object");
    expect(ran).toEqual([]);
    expect(recording.spans()).toHaveLength(2);
  });

  promise("masks secrets, by their form and by their key", ({ wrap }) => {
    wrap(() => ({ text: `key ${SECRET}`, api_key: "short", [SECRET]: 1 }))();

    expect(JSON.stringify(recording.span("go").attributes)).not.toContain(SECRET);
    expect(output()).toEqual({ text: "key [masked]", api_key: "[masked]", "[masked]": 1 });
  });

  promise("cuts at the field's byte cap and says how large it was", ({ wrap }) => {
    sharedState().policies.add({ ...DEFAULT_POLICY, maxFieldBytes: 500 });

    const text = "x".repeat(5000);
    expect(wrap(() => text)()).toBe(text);
    const recorded = String(recording.fields("go").output);
    expect(Buffer.byteLength(recorded)).toBeLessThan(600);
    expect(recorded).toContain("[cut: 5000 characters in all]");
    const { output: bytes } = JSON.parse(String(recording.recorded("go").meta.truncated));
    expect(bytes).toBeGreaterThanOrEqual(5000);
  });

  promise("cuts what a generator or stream gives at the same cap", async ({ wrap }) => {
    sharedState().policies.add({ ...DEFAULT_POLICY, maxFieldBytes: 500 });
    const pieces = Array(100).fill("x".repeat(100));

    const walk = wrap(function* () {
      yield* pieces;
    });
    expect([...walk()]).toEqual(pieces);
    expect(Buffer.byteLength(String(recording.fields("go").output))).toBeLessThan(700);
    expect(recording.fields("go").output).toContain("[cut:");
  });
});
