import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventData, type Framing, jsonValues, lines } from "../../src/providers/framing.ts";

/** All frames of a text that comes in these pieces. */
function frames(framing: Framing, pieces: readonly string[]): readonly string[] {
  const whole = pieces.flatMap((piece) => framing.add(piece));
  const rest = framing.rest();
  return rest === undefined ? whole : [...whole, rest];
}

/** A text, cut at any places. */
const cutText = (text: string): fc.Arbitrary<readonly string[]> =>
  fc.array(fc.nat(text.length), { maxLength: 20 }).map((places) => {
    const ends = [...places, text.length].sort((one, other) => one - other);
    return ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end));
  });

const TRICKY = [
  { text: 'a "quote", a \\ and \\" a \\\\' },
  [1, [2, "]"], {}],
  "},{",
  { deep: { er: [{ "}": "{" }] } },
  5,
  null,
  "\u2028 \n €",
];

describe("a JSON array in pieces", () => {
  for (const [how, text] of [
    ["compact", JSON.stringify(TRICKY)],
    ["indented", `\n ${JSON.stringify(TRICKY, undefined, 2)}\r\n`],
  ] as const) {
    it(`gives each element, wherever it is cut, ${how}`, () => {
      fc.assert(
        fc.property(cutText(text), (pieces) => {
          const found = frames(jsonValues(10_000), pieces).map((frame) => JSON.parse(frame));
          expect(found).toEqual(TRICKY);
        }),
      );
    });
  }

  it("gives an element as soon as it is whole", () => {
    const framing = jsonValues(100);

    expect(framing.add('[{"a":1}')).toEqual(['{"a":1}']);
    expect(framing.add(',\r\n{"a":')).toEqual([]);
    expect(framing.add("2}")).toEqual(['{"a":2}']);
    expect(framing.add("\n]\n")).toEqual([]);
    expect(framing.rest()).toBeUndefined();
  });

  it("gives a text that is no array as one frame", () => {
    expect(frames(jsonValues(100), [' {"a"', ":[1,2]} "])).toEqual(['{"a":[1,2]}']);
    expect(frames(jsonValues(100), ["", "  "])).toEqual([]);
  });

  it("gives what was begun when the text was cut", () => {
    expect(frames(jsonValues(100), ['[{"a":1},{"b"'])).toEqual(['{"a":1}', '{"b"']);
  });

  it("drops and counts an element over the cap alone", () => {
    const framing = jsonValues(10);

    const found = frames(framing, ['[{"a":1},{"b":"', "x".repeat(20), '"},{"c":', "1}]"]);

    expect(found).toEqual(['{"a":1}', '{"c":1}']);
    expect(framing.lost).toBe(1);
  });
});

describe("lines", () => {
  it("are frames, wherever the text is cut and however lines end", () => {
    const text = '{"a":1}\r\n{"b":2}\n\n{"c":3}\r{"d":4}';

    fc.assert(
      fc.property(cutText(text), (pieces) => {
        expect(frames(lines(100), pieces)).toEqual(['{"a":1}', '{"b":2}', '{"c":3}', '{"d":4}']);
      }),
    );
  });

  it("over the cap are dropped and counted", () => {
    const framing = lines(5);

    expect(frames(framing, ["12345", "6\n12\n123456"])).toEqual(["12"]);
    expect(framing.lost).toBe(2);
  });
});

describe("server-sent events", () => {
  it("give their data, wherever the text is cut and however lines end", () => {
    const text =
      ': comment\r\n\r\nevent: a\r\ndata: {"a":\r\ndata:1}\r\n\r\nid: 7\ndata: {"b":2}\n\n\n\ndata: {"c":3}\r\rdata: cut';

    fc.assert(
      fc.property(cutText(text), (pieces) => {
        const found = frames(eventData(100), pieces);
        expect(found).toEqual(['{"a":\n1}', '{"b":2}', '{"c":3}', "cut"]);
      }),
    );
  });

  it("over the cap are dropped and counted, in one line or in several", () => {
    const framing = eventData(10);

    const found = frames(framing, [
      "data: 12345678901\n\ndata: 123456\ndata: 123456\n\ndata: 1\n\n",
    ]);

    expect(found).toEqual(["1"]);
    expect(framing.lost).toBe(2);
  });
});
