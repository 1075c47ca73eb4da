import { describe, expect, it } from "vitest";
import { readProviderBody, startBodyReader } from "../../src/providers/index.ts";
import { SMALL_STREAMS } from "./small-streams.ts";

/** A body in pieces of seven characters. */
function readBody(contentType: string, text: string, maxFrameChars?: number) {
  const reader = startBodyReader(contentType, maxFrameChars);
  for (let at = 0; at < text.length; at += 7) reader?.add(text.slice(at, at + 7));
  return reader?.read();
}

const answer = {
  object: "chat.completion",
  choices: [{ message: { role: "assistant", content: "Hi" } }],
};

describe("an HTTP body", () => {
  it("of Gemini's array is a stream", () => {
    const { chunks, reading } = SMALL_STREAMS.gemini!;

    const body = readBody("application/json; charset=UTF-8", JSON.stringify(chunks, undefined, 2));

    expect(body?.reading).toEqual(reading);
    expect(body?.value).toMatchObject({ modelVersion: "gemini-x" });
  });

  it("of Ollama's lines is a stream, of one line an answer", () => {
    const { chunks, reading } = SMALL_STREAMS["ollama chat"]!;
    const lines = chunks.map((chunk) => JSON.stringify(chunk));

    expect(readBody("application/x-ndjson", lines.join("\n"))?.reading).toEqual(reading);
    expect(readBody("application/json", lines[0] as string)?.value).toEqual(chunks[0]);
  });

  it("of one answer is kept as it came", () => {
    expect(readBody("application/json", JSON.stringify(answer))).toMatchObject({
      value: answer,
      reading: { outputMessage: { content: "Hi" } },
    });
  });

  it("of an embedding is kept without its numbers", () => {
    const text = JSON.stringify({ object: "list", data: [{ embedding: [0.25, 0.5] }] });

    expect(readBody("application/json", text)?.value).toEqual({
      object: "list",
      data: [{ embedding: "[vector 2]" }],
    });
  });

  it.each([
    [{ error: { message: "No such model", type: "invalid_request_error" } }, "No such model"],
    [{ type: "error", error: { type: "overloaded_error", message: "Overloaded" } }, "Overloaded"],
    [{ error: "model not found" }, "model not found"],
    [[{ error: { code: 400, message: "Bad", status: "INVALID_ARGUMENT" } }], "Bad"],
  ])("that tells of an error names it: %j", (value, error) => {
    expect(readBody("application/json", JSON.stringify(value))?.reading).toEqual({ error });
  });

  it("that begins with an error event names it", () => {
    const text = 'event: error\ndata: {"type":"error","error":{"message":"Overloaded"}}\n\n';

    expect(readBody("text/event-stream", text)?.reading).toEqual({ error: "Overloaded" });
  });

  it("says how much of it could not be read, and gives the rest", () => {
    const chunk = (content: string) =>
      `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ delta: { content } }] })}\n\n`;
    const text = `${chunk("He")}data: {broken\n\n${chunk("x".repeat(500))}${chunk("llo")}data: [DONE]\n\n`;

    const body = readBody("text/event-stream", text, 200);

    expect(body?.reading).toMatchObject({
      outputMessage: { content: "Hello" },
      unreadable: ["broken JSON: 1", "over 200 characters: 1"],
    });
  });

  it("that is broken or too long has no value, and says so", () => {
    expect(readBody("application/json", '{"object":"chat')).toEqual({
      value: undefined,
      reading: { unreadable: ["broken JSON: 1"] },
    });
    expect(readBody("application/json", JSON.stringify(answer), 20)).toEqual({
      value: undefined,
      reading: { unreadable: ["over 20 characters: 1"] },
    });
  });

  it("takes whole frames from a caller with a parser of its own", () => {
    const { chunks, reading } = SMALL_STREAMS.anthropic!;
    const reader = startBodyReader("text/event-stream", 1_000);

    for (const chunk of chunks) reader?.addFrame(JSON.stringify(chunk));
    reader?.addFrame("x".repeat(1_001));

    expect(reader?.read().reading).toEqual({
      ...reading,
      unreadable: ["over 1000 characters: 1"],
    });
  });

  it("of any other kind is not read", () => {
    for (const type of [
      "text/plain",
      "application/octet-stream",
      "application/vnd.amazon.eventstream",
      "",
    ]) {
      expect(startBodyReader(type)).toBeUndefined();
      expect(readProviderBody("{}", type)).toBeUndefined();
    }
  });

  it("that is a program's own JSON is its value", () => {
    for (const value of [{ a: 1 }, [1, { b: 2 }], [{ a: 1 }], [], "text", 5]) {
      const body = readProviderBody(JSON.stringify(value), "application/json");
      expect(body).toEqual({ value });
    }
    const stream = readProviderBody("data: {}\n\ndata: {}\n\n", "text/event-stream");
    expect(stream).toEqual({ value: undefined });
  });
});
