import { describe, expect, it } from "vitest";
import { providerUsage } from "../../src/dialects/provider-usage.ts";
import { requestPayload } from "../../src/dialects/request-payload.ts";
import { responsePayload } from "../../src/dialects/response-payload.ts";

describe("the messages of a request", () => {
  it.each([
    ["OpenAI's chat", { model: "m", messages: [{ role: "user", content: "Hi" }] }],
    ["OpenAI's responses", { model: "m", input: "Hi" }],
    ["OpenAI's completions", { model: "m", prompt: "Hi" }],
    ["Gemini", { contents: [{ role: "user", parts: [{ text: "Hi" }] }] }],
    ["a bare list", [{ role: "user", content: "Hi" }]],
    ["LangChain's batch", { messages: [[{ type: "human", data: { content: "Hi" } }]] }],
  ])("are found in the shape of %s", (_, request) => {
    expect(requestPayload(request, true).messages).toEqual([{ role: "user", content: "Hi" }]);
  });

  it.each([
    ["Anthropic", { system: [{ type: "text", text: "Be brief." }] }],
    ["OpenAI's responses", { instructions: "Be brief." }],
    ["Gemini", { systemInstruction: { parts: [{ text: "Be brief." }] } }],
  ])("have %s's system message before them", (_, system) => {
    const request = { ...system, messages: [{ role: "user", content: "Hi" }] };

    expect(requestPayload(request, true).messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ]);
  });

  it("are none where a function's argument only has such a name", () => {
    const argument = { input: "Hi" };

    expect(requestPayload(argument, false)).toEqual({ inputs: argument });
    expect(requestPayload("Hi", false)).toEqual({ inputs: "Hi" });
  });
});

describe("the answer of a response", () => {
  const HELLO = { role: "assistant", content: "Hello." };

  it.each([
    ["OpenAI's chat", { choices: [{ message: HELLO, finish_reason: "stop" }] }, "stop"],
    ["OpenAI's completions", { choices: [{ text: "Hello.", finish_reason: "stop" }] }, "stop"],
    [
      "OpenAI's responses",
      {
        output: [
          {
            type: "message",
            role: "assistant",
            content: [{ type: "output_text", text: "Hello." }],
          },
        ],
      },
      undefined,
    ],
    [
      "Anthropic",
      { role: "assistant", content: [{ type: "text", text: "Hello." }], stop_reason: "end_turn" },
      "end_turn",
    ],
    [
      "Gemini",
      {
        candidates: [
          { content: { role: "model", parts: [{ text: "Hello." }] }, finishReason: "STOP" },
        ],
      },
      "STOP",
    ],
    ["LangChain", { generations: [[{ text: "Hello." }]] }, undefined],
    ["a list of messages", [{ role: "user", content: "Hi" }, HELLO], undefined],
    ["a state with messages", { messages: [{ role: "user", content: "Hi" }, HELLO] }, undefined],
  ])("is found in the shape of %s", (_, response, finishReason) => {
    const { outputMessage, finishReason: reason } = responsePayload(response, true);

    expect(outputMessage).toEqual(HELLO);
    expect(reason).toBe(finishReason);
  });

  it("is made of calls alone where the AI SDK gives these", () => {
    const calls = [{ toolCallId: "c1", toolName: "weather", input: '{"city":"Rome"}' }];

    expect(responsePayload(calls, true).outputMessage).toMatchObject({
      role: "assistant",
      tool_calls: [{ id: "c1", function: { name: "weather", arguments: '{"city":"Rome"}' } }],
    });
  });

  it("says which model gave it, and under which id", () => {
    const response = { id: "r1", model: "gpt-4o-2024-08-06", choices: [{ message: HELLO }] };

    expect(responsePayload(response, true)).toMatchObject({
      responseModel: "gpt-4o-2024-08-06",
      responseId: "r1",
    });
  });

  it.each([[{ temperature: 20 }], [["a", "b"]], [7]])("is none in %j", (value) => {
    expect(responsePayload(value, true)).toEqual({ output: value });
  });

  it("is a text of the assistant's only where a model was called", () => {
    expect(responsePayload("Hello.", true)).toEqual({ outputMessage: HELLO });
    expect(responsePayload("Hello.", false)).toEqual({ output: "Hello." });
    expect(responsePayload({ output: "Hello." }, false)).toMatchObject({ output: "Hello." });
  });
});

describe("a provider's own count", () => {
  it.each([
    [
      "OpenAI: cached tokens and reasoning are parts",
      {
        prompt_tokens: 100,
        completion_tokens: 30,
        prompt_tokens_details: { cached_tokens: 90 },
        completion_tokens_details: { reasoning_tokens: 20 },
      },
      { promptTokens: 100, outputTokens: 30, cachedTokens: 90, reasoningTokens: 20 },
    ],
    [
      "Anthropic: cached tokens are beside",
      {
        input_tokens: 5,
        cache_read_input_tokens: 90,
        cache_creation_input_tokens: 5,
        output_tokens: 30,
      },
      { promptTokens: 100, outputTokens: 30, cachedTokens: 90, cacheWriteTokens: 5 },
    ],
    [
      "Bedrock: beside, too",
      { inputTokens: 5, cacheReadInputTokens: 90, cacheWriteInputTokens: 5, outputTokens: 30 },
      { promptTokens: 100, outputTokens: 30, cachedTokens: 90, cacheWriteTokens: 5 },
    ],
    [
      "Gemini: thoughts are beside",
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 90,
        candidatesTokenCount: 10,
        thoughtsTokenCount: 20,
      },
      { promptTokens: 100, outputTokens: 30, cachedTokens: 90, reasoningTokens: 20 },
    ],
    [
      "a gateway that says both: parts",
      { prompt_tokens: 100, cache_read_input_tokens: 90, completion_tokens: 30 },
      { promptTokens: 100, outputTokens: 30, cachedTokens: 90 },
    ],
    ["nothing", "many", {}],
  ])("of %s", (_, usage, expected) => {
    expect(providerUsage(usage)).toMatchObject(expected);
  });
});
