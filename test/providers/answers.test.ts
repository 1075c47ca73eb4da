import { describe, expect, it } from "vitest";
import {
  type ProviderReading,
  readProviderResponse,
  startProviderStream,
} from "../../src/providers/index.ts";

/** What a stream of these chunks says. */
function readStream(...chunks: readonly unknown[]): ProviderReading | undefined {
  const [first, ...rest] = chunks;
  const reader = startProviderStream(first);
  for (const chunk of rest) reader?.add(chunk);
  return reader?.reading();
}

describe("an OpenAI chat completion", () => {
  const completion = (message: object, more: object = {}): unknown => ({
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "gpt-x",
    choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: "stop" }],
    ...more,
  });
  const chunk = (delta: object, more: object = {}): unknown => ({
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, ...more }],
  });

  it("keeps a refusal, the annotations and the transcript, but no log probabilities and no sound", () => {
    const refused = readProviderResponse(completion({ content: null, refusal: "I can't." }));
    const cited = readProviderResponse(
      completion({
        content: "See there.",
        annotations: [{ type: "url_citation" }],
        audio: { id: "au", data: "AAAA", transcript: "See there.", expires_at: 1 },
        tool_calls: null,
        function_call: { name: "", arguments: "" },
      }),
    );

    expect(refused?.outputMessage).toEqual({
      role: "assistant",
      content: null,
      refusal: "I can't.",
    });
    expect(cited?.outputMessage).toEqual({
      role: "assistant",
      content: "See there.",
      annotations: [{ type: "url_citation" }],
      audio: { id: "au", transcript: "See there.", expires_at: 1 },
    });
  });

  it("takes the first choice, wherever it stands", () => {
    const reading = readProviderResponse({
      object: "chat.completion",
      choices: [
        { index: 1, message: { role: "assistant", content: "b" }, finish_reason: "length" },
        { index: 0, message: { role: "assistant", content: "a" }, finish_reason: "stop" },
      ],
    });

    expect(reading).toMatchObject({ outputMessage: { content: "a" }, finishReason: "stop" });
  });

  it("puts a refusal, an older function call and a transcript together from their pieces", () => {
    const refused = readStream(chunk({ refusal: "I " }), chunk({ refusal: "can't." }));
    const called = readStream(
      chunk({ function_call: { name: "f", arguments: "{" } }),
      chunk({ function_call: { arguments: "}" } }, { finish_reason: "function_call" }),
    );
    const spoken = readStream(
      chunk({ audio: { id: "au", transcript: "He" } }),
      chunk({ audio: { data: "AAAA", transcript: "llo" } }),
    );

    expect(refused?.outputMessage).toEqual({
      role: "assistant",
      content: null,
      refusal: "I can't.",
    });
    expect(called).toMatchObject({
      outputMessage: { content: "", function_call: { name: "f", arguments: "{}" } },
      finishReason: "function_call",
    });
    expect(spoken?.outputMessage?.audio).toEqual({ id: "au", transcript: "Hello" });
  });

  it("begins the next call where a server gives every call the same index", () => {
    const call = (id: string, more: object) => chunk({ tool_calls: [{ index: 0, id, ...more }] });

    const reading = readStream(
      call("a", { function: { name: "f", arguments: "{}" } }),
      call("b", { function: { name: "g", arguments: '{"n":' } }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: "1}" } }] }),
    );

    expect(reading?.outputMessage?.tool_calls).toEqual([
      { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
      { id: "b", type: "function", function: { name: "g", arguments: '{"n":1}' } },
    ]);
  });

  it("reads content that is a list, with the thinking in it", () => {
    const content = [
      { type: "thinking", thinking: [{ type: "text", text: "I think." }] },
      { type: "text", text: "Hello" },
    ];

    expect(readProviderResponse(completion({ content }))?.outputMessage).toEqual({
      role: "assistant",
      content: "Hello",
      reasoning: "I think.",
    });
    expect(readStream(chunk({ content }), chunk({ content: "!" }))?.outputMessage).toEqual({
      role: "assistant",
      content: "Hello!",
      reasoning: "I think.",
    });
  });

  it("names an error that comes in a stream, in a chunk's place or in a chunk", () => {
    const alone = readStream(chunk({ content: "Hel" }), { error: { message: "Overloaded" } });
    const within = readStream(chunk({ content: "Hel" }), {
      ...(chunk({ content: "" }, { finish_reason: "error" }) as object),
      error: { code: 502, message: "Gone" },
    });
    const ofChoice = readProviderResponse({
      object: "chat.completion",
      choices: [{ message: { role: "assistant", content: "" }, error: { message: "Lost" } }],
    });

    expect(alone).toMatchObject({ outputMessage: { content: "Hel" }, error: "Overloaded" });
    expect(within).toMatchObject({ outputMessage: { content: "Hel" }, error: "Gone" });
    expect(ofChoice?.error).toBe("Lost");
  });

  it.each([
    [
      "reasoning beside the completion",
      {
        prompt_tokens: 10,
        completion_tokens: 4,
        total_tokens: 17,
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { promptTokens: 10, outputTokens: 7, reasoningTokens: 3 },
    ],
    [
      "reasoning within the completion",
      {
        prompt_tokens: 10,
        completion_tokens: 7,
        total_tokens: 17,
        completion_tokens_details: { reasoning_tokens: 3 },
      },
      { promptTokens: 10, outputTokens: 7, reasoningTokens: 3 },
    ],
    ["DeepSeek's cache", { prompt_tokens: 10, prompt_cache_hit_tokens: 4 }, { cachedTokens: 4 }],
    ["OpenRouter's cost", { cost: 0.5 }, { cost: 0.5 }],
    ["Perplexity's cost", { cost: { total_cost: 0.5 } }, { cost: 0.5 }],
    [
      "nothing of a wrong type",
      { prompt_tokens: "10", completion_tokens: -1 },
      { promptTokens: undefined, outputTokens: undefined },
    ],
  ])("counts %s", (_, usage, expected) => {
    expect(readProviderResponse(completion({ content: "" }, { usage }))).toMatchObject(expected);
  });

  it("is known by its messages where a server leaves out its name", () => {
    const choices = [{ message: { role: "assistant", content: "Hi" } }];

    expect(readProviderResponse({ choices })?.outputMessage?.content).toBe("Hi");
    expect(readProviderResponse({ choices: [{ label: "a" }] })).toBeUndefined();
    expect(readProviderResponse({ object: "chat.completion.deleted", choices })).toBeUndefined();
  });
});

describe("an OpenAI response", () => {
  const response = (output: readonly object[], more: object = {}): unknown => ({
    object: "response",
    status: "completed",
    output,
    ...more,
  });

  it.each([
    [{ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } }, "incomplete"],
    [{ status: "cancelled" }, "cancelled"],
    [{ status: "queued" }, undefined],
    [{}, "completed"],
  ])("with %j has ended by %s", (more, reason) => {
    expect(readProviderResponse(response([], more))?.finishReason).toBe(reason);
  });

  it("keeps custom calls as calls, what OpenAI ran apart, and no picture", () => {
    const reading = readProviderResponse(
      response([
        { type: "mcp_list_tools", tools: [] },
        { type: "custom_tool_call", call_id: "a", name: "sql", input: "select 1" },
        { type: "image_generation_call", id: "ig", result: "AAAA" },
        { type: "code_interpreter_call", id: "ci", code: "1", outputs: [] },
        { type: "message", content: [{ type: "refusal", refusal: "I can't." }] },
      ]),
    );

    expect(reading?.outputMessage).toEqual({
      role: "assistant",
      content: null,
      refusal: "I can't.",
      tool_calls: [{ id: "a", type: "function", function: { name: "sql", arguments: "select 1" } }],
      server_tool_calls: [
        { type: "image_generation_call", id: "ig", result: "[base64: 4]" },
        { type: "code_interpreter_call", id: "ci", code: "1", outputs: [] },
      ],
    });
  });

  it("names an error by its event, by the response that failed, or by both", () => {
    const created = { type: "response.created", response: response([], { status: "in_progress" }) };
    const event = { type: "error", code: "server_error", message: "Broken", param: null };
    const failed = {
      type: "response.failed",
      response: response([], { status: "failed", error: { code: "x", message: "Quota" } }),
    };

    expect(readStream(created, event)?.error).toBe("Broken");
    expect(readStream(created, failed)).toMatchObject({ error: "Quota", finishReason: "failed" });
    expect(readStream(created, { type: "error", error: { message: "First" } }, failed)?.error).toBe(
      "Quota",
    );
    expect(readStream(created)?.finishReason).toBeUndefined();
  });

  it("is what the last event holds, where it holds the items", () => {
    const reading = readStream(
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hal" },
      {
        type: "response.completed",
        response: response([
          { type: "message", content: [{ type: "output_text", text: "Hello" }] },
        ]),
      },
    );

    expect(reading?.outputMessage).toEqual({ role: "assistant", content: "Hello" });
  });
});

describe("an OpenAI embedding", () => {
  it("becomes its size, never its numbers", () => {
    const floats = { object: "embedding", index: 0, embedding: [0.1, 0.2, 0.3] };
    const base64 = { object: "embedding", index: 1, embedding: "AACAPwAAAEAAAEBAAACAQA==" };
    const usage = { prompt_tokens: 4, total_tokens: 4 };

    const one = readProviderResponse({ object: "list", model: "e", data: [floats], usage });
    const two = readProviderResponse({ object: "list", model: "e", data: [floats, base64] });

    expect(one).toMatchObject({ output: "[vector 3]", promptTokens: 4, responseModel: "e" });
    expect(two?.output).toEqual(["[vector 3]", "[vector 4]"]);
    expect(JSON.stringify(two?.response)).not.toMatch(/0\.1|AACAPw/);
    expect(readProviderResponse({ object: "list", data: [{ id: "gpt-x" }] })).toBeUndefined();
  });
});

describe("an Anthropic message", () => {
  const start = {
    type: "message_start",
    message: { type: "message", role: "assistant", model: "claude-x", content: [], usage: {} },
  };

  it("counts the cache into the prompt", () => {
    const reading = readProviderResponse({
      type: "message",
      role: "assistant",
      content: [{ type: "text", text: "Hi" }],
      stop_reason: "max_tokens",
      usage: {
        input_tokens: 3,
        cache_read_input_tokens: 4,
        cache_creation_input_tokens: 5,
        output_tokens: 7,
      },
    });

    expect(reading).toMatchObject({
      finishReason: "max_tokens",
      promptTokens: 12,
      cachedTokens: 4,
      cacheWriteTokens: 5,
    });
  });

  it("that is cut within a call's input keeps what came of it", () => {
    const reading = readStream(
      start,
      {
        type: "content_block_start",
        index: 0,
        content_block: { type: "tool_use", id: "a", name: "f", input: {} },
      },
      {
        type: "content_block_delta",
        index: 0,
        delta: { type: "input_json_delta", partial_json: '{"city":"Ro' },
      },
    );

    expect(reading?.outputMessage?.tool_calls).toEqual([
      { id: "a", type: "function", function: { name: "f", arguments: '{"city":"Ro' } },
    ]);
    expect(reading?.finishReason).toBeUndefined();
  });

  it("names an error event, and passes over events that came later than this", () => {
    const reading = readStream(
      start,
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
      { type: "shiny_new_event", index: 0 },
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    );

    expect(reading).toMatchObject({ outputMessage: { content: "Hel" }, error: "Overloaded" });
  });

  it("keeps what Anthropic ran with what it gave, a refusal's reason, and no hidden thinking", () => {
    const reading = readProviderResponse({
      type: "message",
      role: "assistant",
      stop_reason: "refusal",
      content: [
        { type: "redacted_thinking", data: "x" },
        { type: "mcp_tool_use", id: "m", name: "echo", server_name: "s", input: {} },
        { type: "mcp_tool_result", tool_use_id: "m", content: [{ type: "text", text: "out" }] },
        { type: "code_execution_tool_result", tool_use_id: "lost", content: { stdout: "1" } },
      ],
    });

    expect(reading?.finishReason).toBe("refusal");
    expect(reading?.outputMessage).toEqual({
      role: "assistant",
      content: "",
      server_tool_calls: [
        {
          type: "mcp_tool_use",
          id: "m",
          name: "echo",
          server_name: "s",
          input: {},
          result: [{ type: "text", text: "out" }],
        },
        { type: "code_execution_tool_result", id: "lost", result: { stdout: "1" } },
      ],
    });
  });
});

describe("a Gemini answer", () => {
  it("that was blocked says why in place of an answer", () => {
    const reading = readProviderResponse({
      promptFeedback: { blockReason: "SAFETY", blockReasonMessage: "It is unsafe." },
      modelVersion: "gemini-x",
    });

    expect(reading).toMatchObject({
      outputMessage: { role: "assistant", content: null, refusal: "It is unsafe." },
      responseModel: "gemini-x",
    });
    expect(reading?.finishReason).toBeUndefined();
  });

  it("is read without running the SDK's getters", () => {
    class GenerateContentResponse {
      candidates = [
        { content: { role: "model", parts: [{ text: "Hi" }] }, finishReason: "MAX_TOKENS" },
      ];
      get text(): string {
        throw new Error("run");
      }
    }

    const reading = readProviderResponse(new GenerateContentResponse());

    expect(reading).toMatchObject({ outputMessage: { content: "Hi" }, finishReason: "MAX_TOKENS" });
  });

  it("keeps calls without an id, code that was run, and pictures", () => {
    const reading = readProviderResponse({
      candidates: [
        {
          finishReason: 1,
          content: {
            parts: [
              { executableCode: { language: "PYTHON", code: "1" } },
              { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } },
              { text: "See:" },
              { inlineData: { mimeType: "image/png", data: "AAAA" } },
              { functionCall: { name: "f" } },
            ],
          },
        },
      ],
    });

    expect(reading?.finishReason).toBe("1");
    expect(reading?.outputMessage).toEqual({
      role: "assistant",
      content: [
        { type: "text", text: "See:" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      ],
      tool_calls: [{ id: "", type: "function", function: { name: "f", arguments: "{}" } }],
      server_tool_calls: [
        {
          type: "code_execution",
          language: "PYTHON",
          code: "1",
          result: { outcome: "OUTCOME_OK", output: "1" },
        },
      ],
    });
  });

  it("names an error in a stream", () => {
    const reading = readStream(
      { candidates: [{ content: { parts: [{ text: "Hel" }] } }] },
      { error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } },
    );

    expect(reading).toMatchObject({ outputMessage: { content: "Hel" }, error: "Overloaded" });
  });

  it("is no list of a program's own candidates", () => {
    expect(readProviderResponse({ candidates: [{ name: "Ann" }] })).toBeUndefined();
    expect(readProviderResponse({ candidates: [] })).toBeUndefined();
  });
});

describe("what other SDKs return", () => {
  it("is read from Cohere in camel case", () => {
    const reading = readProviderResponse({
      id: "c1",
      finishReason: "MAX_TOKENS",
      message: {
        role: "assistant",
        toolPlan: "I ask.",
        content: [{ type: "text", text: "Hi" }],
        toolCalls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      usage: { billedUnits: { inputTokens: 10, outputTokens: 7 } },
    });

    expect(reading).toMatchObject({
      outputMessage: { content: "Hi", reasoning: "I ask.", tool_calls: [{ id: "a" }] },
      finishReason: "MAX_TOKENS",
      promptTokens: 10,
      outputTokens: 7,
    });
  });

  it("is read from Bedrock, an exception in its stream, too", () => {
    const reading = readStream(
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hel" } } },
      { throttlingException: { name: "ThrottlingException", message: "Too many" } },
    );

    expect(reading).toMatchObject({ outputMessage: { content: "Hel" }, error: "Too many" });
  });

  it("is read from the AI SDK's version 4, whose metadata has the cache", () => {
    const step = {
      stepType: "initial",
      text: "Hi",
      reasoning: "I think.",
      toolCalls: [{ toolCallId: "a", toolName: "f", args: { n: 1 } }],
      finishReason: "tool-calls",
      usage: { promptTokens: 3, completionTokens: 7, totalTokens: 10 },
      providerMetadata: { anthropic: { cacheReadInputTokens: 4, cacheCreationInputTokens: 3 } },
      response: { id: "r1", modelId: "claude-x" },
    };

    expect(readProviderResponse({ ...step, steps: [step] })).toMatchObject({
      outputMessage: {
        content: "Hi",
        reasoning: "I think.",
        tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: '{"n":1}' } }],
      },
      finishReason: "tool-calls",
      promptTokens: 10,
      cachedTokens: 4,
      cacheWriteTokens: 3,
    });
  });

  it("is read from the AI SDK's streamed results once they are complete, objects and vectors", () => {
    const step = {
      content: [{ type: "text", text: "Hi" }],
      finishReason: "stop",
      usage: { inputTokens: 3, outputTokens: 4, reasoningTokens: 3, totalTokens: 10 },
    };
    const resolved = (value: unknown) => ({ status: { type: "resolved", value } });
    class StreamResult {
      _steps: unknown;
      constructor(steps: unknown) {
        this._steps = steps;
      }
      get steps(): never {
        throw new Error("run");
      }
    }

    const pending = readProviderResponse(new StreamResult({ status: { type: "pending" } }));
    const complete = readProviderResponse(new StreamResult(resolved([step])));
    const object = readProviderResponse({
      object: { a: 1 },
      finishReason: "stop",
      usage: { inputTokens: 3, outputTokens: 7 },
      response: { id: "r1", modelId: "gpt-x" },
    });
    const vector = readProviderResponse({ value: "a", embedding: [1, 2], usage: { tokens: 3 } });

    expect(pending).toBeUndefined();
    expect(complete).toMatchObject({ outputMessage: { content: "Hi" }, outputTokens: 7 });
    expect(object).toMatchObject({ output: { a: 1 }, responseModel: "gpt-x", promptTokens: 3 });
    expect(vector).toMatchObject({ output: "[vector 2]", promptTokens: 3 });
    expect(vector?.response).toEqual({ value: "a", embedding: "[vector 2]", usage: { tokens: 3 } });
  });
});
