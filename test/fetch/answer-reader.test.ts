import { describe, expect, it } from "vitest";
import { AnswerReader } from "../../src/fetch/answer-reader.ts";
import { FrameBudget } from "../../src/fetch/frame-budget.ts";
import { EVENTS, EVENTS_WITH_USAGE } from "./provider-server.ts";

const CAP = 20_000;

function read(contentType: string, ...pieces: readonly string[]) {
  const reader = new AnswerReader(contentType, CAP);
  for (const piece of pieces) reader.add(new TextEncoder().encode(piece));
  return reader.read();
}

function content(text: string): string {
  const choices = [{ index: 0, delta: { content: text } }];
  return `data: ${JSON.stringify({ object: "chat.completion.chunk", choices })}\n\n`;
}

describe("an answer's reader", () => {
  it("holds of a stream what the cap allows, and still has its end", () => {
    const long = Array.from({ length: 500 }, (_, index) => content(`${index % 7}`.repeat(1_000)));
    const { reading, text, lostLength } = read("text/event-stream", ...long, ...EVENTS.slice(3));

    const said = String(reading?.outputMessage?.content).length;
    expect(said).toBeGreaterThan(CAP / 2);
    expect(said).toBeLessThan(CAP * 1.1);
    expect(reading?.finishReason).toBe("stop");
    expect(text.length).toBe(CAP);
    expect(lostLength).toBe([...long, ...EVENTS.slice(3)].join("").length - CAP);
  });

  it("keeps all of a long answer whose pieces are small", () => {
    const words = Array.from({ length: 400 }, () => content("word "));
    expect(words.join("").length).toBeGreaterThan(CAP);

    expect(read("text/event-stream", ...words).reading?.outputMessage?.content).toBe(
      "word ".repeat(400),
    );
  });

  it("drops an event that is over the cap, and reads those after it", () => {
    const { reading } = read("text/event-stream", content("x".repeat(CAP)), ...EVENTS_WITH_USAGE);

    expect(reading?.unreadable?.join()).toContain(`over ${CAP} characters: 1`);
    expect(reading?.promptTokens).toBe(3);
  });

  it.each([1, 3, 1_000])("reads the same in pieces of %i bytes, letters cut apart", (size) => {
    const bytes = new TextEncoder().encode(EVENTS_WITH_USAGE.join(""));
    const reader = new AnswerReader("text/event-stream; charset=utf-8", CAP);
    for (let at = 0; at < bytes.length; at += size) reader.add(bytes.subarray(at, at + size));

    expect(reader.read().reading?.outputMessage?.content).toBe("Hello, wörld 🌍");
  });

  it("reads NDJSON, and an array in pieces", () => {
    const chunk = (text: string, done = false) =>
      JSON.stringify({ model: "m", message: { role: "assistant", content: text }, done });
    const lines = [chunk("Hel"), chunk("lo"), chunk("", true)];
    const part = (text: string) =>
      JSON.stringify({ candidates: [{ content: { role: "model", parts: [{ text }] } }] });

    const ollama = read(
      "application/x-ndjson",
      `${lines[0]}\n${lines[1]?.slice(0, 9)}`,
      `${lines[1]?.slice(9)}\n${lines[2]}\n`,
    );
    const gemini = read("application/json", `[${part("Hel")}`, `,\n${part("lo")}]`);

    expect(ollama.reading?.outputMessage?.content).toBe("Hello");
    expect(gemini.reading?.outputMessage?.content).toBe("Hello");
  });

  it("counts what is no text, and takes strings where a fetch of another kind gives them", () => {
    const reader = new AnswerReader("text/plain", CAP);
    reader.add("he");
    reader.add("y");

    expect(reader.read().text).toBe("hey");
    expect(read("audio/mpeg", "abc")).toMatchObject({ text: "", binaryBytes: 3 });
  });

  it("hands a stream that says the same again and again on up to a bound", () => {
    let chars = 0;
    const budget = new FrameBudget(CAP, (frame) => {
      chars += frame.length;
    });

    for (let count = 0; count < 10_000; count++) budget.add("x".repeat(CAP / 4));
    budget.flush();

    expect(chars).toBeLessThan(40 * CAP);
  });
});
