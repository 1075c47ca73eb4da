import { describe, expect } from "vitest";
import { record } from "../../../src/index.ts";
import { useRecording } from "../recording.ts";
import { promise, promiseWithin } from "./promise.ts";

describe("4.4 captured at the call", () => {
  const recording = useRecording();
  const ofArguments = promiseWithin({ except: { ".run": "its body takes no arguments" } });

  ofArguments("inputs are recorded as they were at the call", async ({ wrap }) => {
    const list = [1];
    const grow = wrap(
      async (items: number[], _n: number) => {
        items.push(2);
        await undefined;
        items.push(3);
      },
      { inputs: ["items", "n"] },
    );

    await grow(list, 0);
    list.push(4);
    expect(recording.fields("go").inputs).toEqual({ items: [1], n: 0 });
  });

  promise("a result is recorded as it was when it came", async ({ wrap }) => {
    const sync = { items: [1] };
    const later = { items: [1] };

    wrap(() => sync, "sync")().items.push(2);
    (await wrap(async () => later, "later")()).items.push(2);
    expect(recording.fields("sync").output).toBe('{"items":[1]}');
    expect(recording.fields("later").output).toBe('{"items":[1]}');
  });

  promise("each piece is recorded as it was when it passed", async ({ wrap }) => {
    const pieces = function* () {
      yield [1];
      yield [2];
    };

    for (const piece of wrap(pieces, "generator")()) piece.push(9);
    const stream = wrap(() => ReadableStream.from<number[]>(pieces()), "stream")();
    for await (const piece of stream) piece.push(9);
    expect(recording.fields("generator").output).toBe("[[1],[2]]");
    expect(recording.fields("stream").output).toBe("[[1],[2]]");
  });

  promise("what record() is given is recorded as it was then", ({ wrap }) => {
    const tags = { a: [1] };

    wrap(() => {
      record({ metadata: tags });
      tags.a.push(2);
    })();
    expect(recording.fields("go").metadata).toEqual({ a: [1] });
  });

  promise("record() wins over what the call returns", ({ wrap }) => {
    wrap(() => {
      record({ output: "set by hand" });
      return "returned";
    })();

    expect(recording.fields("go").output).toBe("set by hand");
  });

  promise("record() adds to the innermost open log alone", ({ wrap }) => {
    const inner = wrap(() => record({ user: "u" }), "inner");
    wrap(() => inner(), "outer")();

    expect(recording.fields("inner").user).toBe("u");
    expect(recording.fields("outer").user).toBeUndefined();
  });
});
