import { describe, expect, it } from "vitest";
import { type ProviderReading, startProviderStream } from "../../src/providers/index.ts";

function read(chunks: readonly unknown[]): ProviderReading | undefined {
  const [first, ...rest] = chunks;
  const reader = startProviderStream(first);
  for (const chunk of rest) reader?.add(chunk);
  return reader?.reading();
}

const called = (id: string, name: string, given: unknown): unknown => ({
  id,
  type: "function",
  function: { name, arguments: JSON.stringify(given) },
});

describe("a chat completion's stream of a server that differs", () => {
  const chunk = (delta: object, more: object = {}): unknown => ({
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta, finish_reason: null }],
    ...more,
  });
  const piece = (call: object): unknown => chunk({ tool_calls: [call] });
  const callsOf = (...pieces: readonly object[]): unknown =>
    read(pieces.map(piece))?.outputMessage?.tool_calls;

  it("has the tokens in a chunk whose choices are null", () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2 };

    const reading = read([chunk({ content: "hi" }), chunk({}, { choices: null, usage })]);

    expect(reading).toMatchObject({ promptTokens: 3, outputTokens: 2 });
    expect(reading?.outputMessage?.content).toBe("hi");
  });

  it.each(["chat.completion.done", "chat.completion", undefined])(
    "ends with a chunk that it calls %s",
    (object) => {
      const last = {
        object,
        choices: [{ index: 0, delta: { content: "!" }, finish_reason: "stop" }],
        usage: { prompt_tokens: 3, completion_tokens: 2 },
      };

      const reading = read([chunk({ content: "hi" }), last]);

      expect(reading).toMatchObject({ finishReason: "stop", promptTokens: 3 });
      expect(reading?.outputMessage?.content).toBe("hi!");
    },
  );

  it("leaves out the index: a piece with no id goes on with the last call", () => {
    const calls = callsOf(
      { id: "a", function: { name: "weather", arguments: '{"city"' } },
      { function: { arguments: ':"Rome"}' } },
      { id: "b", function: { name: "time", arguments: "{" } },
      { id: "b", function: { arguments: "}" } },
    );

    expect(calls).toEqual([called("a", "weather", { city: "Rome" }), called("b", "time", {})]);
  });

  it("gives each call the index 0 and no id: whole arguments end a call", () => {
    const calls = callsOf(
      { index: 0, id: "", function: { name: "weather", arguments: '{"city":"Rome"}' } },
      { index: 0, id: "", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
    );

    expect(calls).toEqual([
      called("", "weather", { city: "Rome" }),
      called("", "weather", { city: "Oslo" }),
    ]);
  });

  it("repeats the name in each piece of a call without an id", () => {
    const calls = callsOf(
      { index: 0, function: { name: "weather", arguments: '{"city"' } },
      { index: 0, function: { name: "weather", arguments: ':"Rome"}' } },
    );

    expect(calls).toEqual([called("", "weather", { city: "Rome" })]);
  });

  it("gives arguments as an object", () => {
    const calls = callsOf({ index: 0, id: "a", function: { name: "f", arguments: { x: 1 } } });

    expect(calls).toEqual([called("a", "f", { x: 1 })]);
  });

  it("gives pictures beside the text", () => {
    const picture = (url: string): object => ({ type: "image_url", image_url: { url } });

    const reading = read([
      chunk({ content: "Two cats:", images: [picture("data:image/png;base64,aa==")] }),
      chunk({ content: "", images: [picture("data:image/png;base64,bb==")] }),
    ]);

    expect(reading?.outputMessage).toEqual({
      role: "assistant",
      content: "Two cats:",
      images: [picture("data:image/png;base64,aa=="), picture("data:image/png;base64,bb==")],
    });
  });

  it("has its thinking in either of two fields, the other one empty", () => {
    const reading = read([
      chunk({ reasoning: "", reasoning_content: "I " }),
      chunk({ reasoning: "think.", reasoning_content: "" }),
    ]);

    expect(reading?.outputMessage?.reasoning).toBe("I think.");
  });
});

describe("a response's stream of a server that differs", () => {
  it("says at the end what is new alone, and no status", () => {
    const item = { type: "function_call", call_id: "c", name: "f", arguments: "" };

    const reading = read([
      { type: "response.created", response: { id: "r", model: "m" } },
      { type: "response.output_item.added", output_index: 0, item },
      { type: "response.function_call_arguments.delta", output_index: 0, delta: "{}" },
      { type: "response.completed", response: { usage: { input_tokens: 4, output_tokens: 2 } } },
    ]);

    expect(reading).toEqual({
      outputMessage: { role: "assistant", content: null, tool_calls: [called("c", "f", {})] },
      finishReason: "completed",
      responseModel: "m",
      responseId: "r",
      promptTokens: 4,
      outputTokens: 2,
    });
  });

  it("keeps the status that it says", () => {
    const response = { object: "response", status: "cancelled" };

    expect(read([{ type: "response.incomplete", response }])?.finishReason).toBe("cancelled");
  });
});

describe("an Anthropic stream that differs", () => {
  const message = { id: "m", type: "message", role: "assistant", model: "claude", content: [] };
  const start = (more: object = {}): unknown => ({
    type: "message_start",
    message: { ...message, usage: { input_tokens: 10, output_tokens: 1 }, ...more },
  });
  const text = (index: number, said: string): unknown => ({
    type: "content_block_start",
    index,
    content_block: { type: "text", text: said },
  });

  it("begins with content that is there already", () => {
    const call = { type: "tool_use", id: "t", name: "f", input: { x: 1 } };

    const reading = read([start({ content: [call], stop_reason: "tool_use" })]);

    expect(reading?.outputMessage?.tool_calls).toEqual([called("t", "f", { x: 1 })]);
    expect(reading?.finishReason).toBe("tool_use");
  });

  it("begins again: what came before counts no more", () => {
    const usage = { input_tokens: 12, output_tokens: 1 };

    const reading = read([start(), text(0, "no"), text(1, "no"), start({ usage }), text(0, "yes")]);

    expect(reading).toMatchObject({ promptTokens: 12, outputMessage: { content: "yes" } });
  });

  it("begins with no more than a model", () => {
    const reading = read([{ type: "message_start", message: { model: "claude" } }, text(0, "hi")]);

    expect(reading).toMatchObject({ responseModel: "claude", outputMessage: { content: "hi" } });
  });

  it("goes on with another model, whose message it is then", () => {
    const block = { type: "fallback", from: { model: "claude" }, to: { model: "claude-2" } };

    const reading = read([
      start(),
      { type: "content_block_start", index: 0, content_block: block },
      text(1, "hi"),
    ]);

    expect(reading).toMatchObject({ responseModel: "claude-2", outputMessage: { content: "hi" } });
  });

  it("has a conversation's summary before the text", () => {
    const reading = read([
      start(),
      { type: "content_block_start", index: 0, content_block: { type: "compaction" } },
      { type: "content_block_delta", index: 0, delta: { type: "compaction_delta", content: "so" } },
      text(1, "hi"),
    ]);

    expect(reading?.outputMessage?.content).toEqual([
      { type: "compaction", content: "so" },
      { type: "text", text: "hi" },
    ]);
  });
});

describe("a Gemini stream with calls in pieces", () => {
  const chunk = (functionCall: object): unknown => ({
    candidates: [{ content: { role: "model", parts: [{ functionCall }] } }],
  });
  const pieces = (...list: readonly object[]): object => ({
    partialArgs: list,
    willContinue: true,
  });
  const callsOf = (...list: readonly object[]): unknown =>
    read(list.map(chunk))?.outputMessage?.tool_calls;

  it("puts each argument in its place", () => {
    const calls = callsOf(
      { name: "plain" },
      { name: "cook", id: "c", willContinue: true },
      pieces({ jsonPath: "$.dish.steps[0].text", stringValue: "Boil", willContinue: true }),
      pieces({ jsonPath: "$.dish.steps[0].text", stringValue: " it." }),
      pieces({ jsonPath: "$.dish.steps[1].minutes", numberValue: 0.5 }),
      pieces({ jsonPath: "$['is hot']", boolValue: true }),
      pieces({ jsonPath: "$.note", nullValue: "NULL_VALUE" }),
      {},
      { name: "cook", willContinue: true },
      { partialArgs: [{ jsonPath: "$.x", stringValue: "y" }] },
    );

    expect(calls).toEqual([
      called("", "plain", {}),
      called("c", "cook", {
        dish: { steps: [{ text: "Boil it." }, { minutes: 0.5 }] },
        "is hot": true,
        note: null,
      }),
      called("", "cook", { x: "y" }),
    ]);
  });

  it("takes no path out of the arguments, or to where no list goes on", () => {
    const calls = callsOf(
      { name: "f", willContinue: true },
      pieces({ jsonPath: "$.__proto__.polluted", stringValue: "a" }),
      pieces({ jsonPath: "$.list[0]", stringValue: "b" }),
      pieces({ jsonPath: "$.list.__proto__.polluted", stringValue: "c" }),
      pieces({ jsonPath: "$.list[4294967294]", stringValue: "d" }),
      pieces({ jsonPath: "$.list.length", numberValue: 0 }),
    );

    expect(({} as { polluted?: unknown }).polluted).toBe(undefined);
    expect(([] as { polluted?: unknown }).polluted).toBe(undefined);
    expect(JSON.stringify(calls)).toContain('\\"list\\":[\\"b\\"]');
  });
});
