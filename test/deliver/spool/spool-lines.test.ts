import { describe, expect, it } from "vitest";
import { LineWriter, readLines } from "../../../src/deliver/spool/spool-lines.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const TEXTS = [
  '{"a":1}',
  '{"text":"ümläut 🦉 \\n"}',
  '{"empty":""}',
  `{"long":"${"x".repeat(5_000)}"}`,
];

function write(texts: readonly string[]): Buffer {
  const writer = new LineWriter();
  for (const text of texts) writer.add(TRACE, text);
  return Buffer.from(writer.take());
}

function read(bytes: Buffer): readonly string[] {
  return [...readLines(bytes)].map(({ text }) => text);
}

describe("the lines of a spool file", () => {
  it("come back as they were written", () => {
    const lines = [...readLines(write(TEXTS))];

    expect(lines.map(({ text }) => text)).toEqual(TEXTS);
    expect(new Set(lines.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]));
  });

  it("are whole up to where the file was cut, wherever that is", () => {
    const bytes = write(TEXTS.slice(0, 3));
    const ends = TEXTS.slice(0, 3).map((_, index) => write(TEXTS.slice(0, index + 1)).length);

    for (let length = 0; length <= bytes.length; length += 1) {
      const whole = ends.filter((end) => end <= length).length;
      expect(read(bytes.subarray(0, length))).toEqual(TEXTS.slice(0, whole));
    }
  });

  it("are left out where a single bit differs, and the others read", () => {
    const bytes = write(TEXTS.slice(0, 3));
    const first = write(TEXTS.slice(0, 1)).length;
    const second = write(TEXTS.slice(0, 2)).length;

    for (let index = first; index < second - 1; index += 1) {
      // The blank behind the checksum says nothing.
      if (index === first + 8) continue;
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] as number) ^ 1;
      expect(read(changed)).toEqual([TEXTS[0], TEXTS[2]]);
    }
  });

  it("are found behind any garbage", () => {
    const garbage = Buffer.from([0, 255, 10, 13, 10, 128, 32, 65, 10]);
    const torn = write(TEXTS).subarray(0, 60);

    const texts = read(Buffer.concat([garbage, torn, Buffer.from("\n"), write(TEXTS)]));

    expect(texts.slice(-TEXTS.length)).toEqual(TEXTS);
  });

  it("stay one line each where JSON has line breaks between its values", () => {
    expect(read(write(['{\n  "a": 1\n}', '{"b":2}']))).toEqual(['{   "a": 1 }', '{"b":2}']);
  });
});
