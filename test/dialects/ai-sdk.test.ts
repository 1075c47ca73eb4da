import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

/** A call of a model, as versions 4 to 6 write it. */
const CALL = {
  "operation.name": "ai.generateText.doGenerate weather",
  "ai.operationId": "ai.generateText.doGenerate",
  "ai.telemetry.functionId": "weather",
  "ai.model.provider": "openai.chat",
  "ai.model.id": "gpt-4o",
  "ai.settings.maxRetries": 2,
  "ai.settings.temperature": 0.3,
  "ai.settings.maxOutputTokens": 50,
  "gen_ai.system": "openai.chat",
  "gen_ai.request.model": "gpt-4o",
  "ai.prompt.messages": JSON.stringify([
    { role: "system", content: "Be brief." },
    { role: "user", content: [{ type: "text", text: "Weather in Rome?" }] },
  ]),
  "ai.response.finishReason": "tool-calls",
  "ai.response.model": "gpt-4o-2024-08-06",
  "ai.response.id": "resp_1",
};

describe("an AI SDK span of a model's call", () => {
  it("is a Prompt with the request as its kernel", () => {
    const log = readLog({
      ...CALL,
      "ai.prompt.tools": [
        JSON.stringify({
          type: "function",
          name: "weather",
          description: "The weather",
          inputSchema: { type: "object" },
        }),
      ],
      "ai.prompt.toolChoice": JSON.stringify({ type: "tool", toolName: "weather" }),
    });

    expect(log).toMatchObject({ type: "prompt", inference: true, operation: "chat" });
    expect(log.name).toBeUndefined();
    expect(log.fields.prompt).toEqual({
      model: "gpt-4o",
      endpoint: "chat",
      provider: "openai",
      temperature: 0.3,
      max_tokens: 50,
      tools: [{ name: "weather", description: "The weather", parameters: { type: "object" } }],
    });
    expect(log.fields.tool_choice).toEqual({ type: "function", function: { name: "weather" } });
    expect(log.fields.finish_reason).toBe("tool_calls");
    expect(log.meta).toMatchObject({
      response_model: "gpt-4o-2024-08-06",
      response_id: "resp_1",
    });
  });

  it("joins text, reasoning, files and calls of tools in one answer", () => {
    const log = readLog({
      ...CALL,
      "ai.response.text": "Let me look.",
      "ai.response.reasoning": "Rome it is.",
      "ai.response.files": JSON.stringify([
        { type: "file", mediaType: "image/png", base64: "AQID" },
      ]),
      "ai.response.toolCalls": JSON.stringify([
        { toolCallId: "c1", toolName: "weather", input: '{"city":"Rome"}' },
        { toolCallId: "c2", toolName: "weather", args: { city: "Ostia" } },
      ]),
    });

    expect(log.fields.output_message).toEqual({
      role: "assistant",
      reasoning: "Rome it is.",
      content: [
        { type: "text", text: "Let me look." },
        { type: "image_url", image_url: { url: "data:image/png;base64,AQID" } },
      ],
      tool_calls: [
        {
          id: "c1",
          type: "function",
          function: { name: "weather", arguments: '{"city":"Rome"}' },
        },
        {
          id: "c2",
          type: "function",
          function: { name: "weather", arguments: '{"city":"Ostia"}' },
        },
      ],
    });
  });

  it("has the turns of a tool's call among its messages", () => {
    const log = readLog({
      ...CALL,
      "ai.prompt.messages": JSON.stringify([
        { role: "user", content: [{ type: "image", image: "AQID", mimeType: "image/png" }] },
        {
          role: "assistant",
          content: [{ type: "tool-call", toolCallId: "c1", toolName: "weather", input: {} }],
        },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: "c1",
              toolName: "weather",
              output: { type: "json", value: { temperature: 20 } },
            },
          ],
        },
      ]),
    });

    expect(log.fields.messages).toEqual([
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AQID" } }],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "weather", arguments: "{}" } },
        ],
      },
      { role: "tool", name: "weather", tool_call_id: "c1", content: '{"temperature":20}' },
    ]);
  });

  it("gives the object that was asked for as its answer", () => {
    const log = readLog({
      ...CALL,
      "ai.operationId": "ai.generateObject.doGenerate",
      "ai.response.object": '{"city":"Rome"}',
    });

    expect(log.fields.output_message).toEqual({ role: "assistant", content: '{"city":"Rome"}' });
    expect(log.fields.prompt).toMatchObject({ response_format: { type: "json_object" } });
  });

  it("keeps when the first piece came, from the event where the stream broke off", () => {
    const events = [
      { name: "ai.stream.firstChunk", attributes: { "ai.response.msToFirstChunk": 250 } },
    ];

    expect(readLog(CALL, { events }).meta.time_to_first_token_seconds).toBe(0.25);
    expect(
      readLog({ ...CALL, "ai.stream.msToFirstChunk": 125 }).meta.time_to_first_token_seconds,
    ).toBe(0.125);
  });

  it("takes the provider that a gateway names with the model", () => {
    const log = readLog({
      ...CALL,
      "ai.model.provider": "gateway",
      "ai.model.id": "anthropic/claude-sonnet-4",
    });

    expect(log.fields.prompt).toMatchObject({ provider: "anthropic" });
  });

  it("knows what it is by `operation.name` alone", () => {
    const { "ai.operationId": _, ...attributes } = CALL;

    expect(readLog(attributes)).toMatchObject({ type: "prompt", operation: "chat" });
  });
});

describe("the tokens of an AI SDK span", () => {
  it.each([
    [
      "version 4 with Anthropic: cached ones are beside the prompt's, in the provider's metadata",
      {
        "ai.model.provider": "anthropic",
        "ai.usage.promptTokens": 10,
        "ai.usage.completionTokens": 5,
        "ai.response.providerMetadata":
          '{"anthropic":{"cacheCreationInputTokens":20,"cacheReadInputTokens":100}}',
      },
      { prompt: 130, output: 5, cached: 100, write: 20 },
    ],
    [
      "version 5 with Anthropic: beside, too",
      {
        "ai.model.provider": "anthropic.messages",
        "ai.usage.inputTokens": 10,
        "ai.usage.outputTokens": 5,
        "ai.usage.cachedInputTokens": 100,
        "ai.response.providerMetadata": JSON.stringify({
          anthropic: {
            usage: { input_tokens: 10, cache_read_input_tokens: 100 },
            cacheCreationInputTokens: 20,
          },
        }),
      },
      { prompt: 130, output: 5, cached: 100, write: 20 },
    ],
    [
      "version 6 with Anthropic: in the prompt's, as its details say",
      {
        "ai.model.provider": "anthropic.messages",
        "ai.usage.inputTokens": 130,
        "ai.usage.outputTokens": 5,
        "ai.usage.inputTokenDetails.noCacheTokens": 10,
        "ai.usage.inputTokenDetails.cacheReadTokens": 100,
        "ai.usage.inputTokenDetails.cacheWriteTokens": 20,
      },
      { prompt: 130, output: 5, cached: 100, write: 20 },
    ],
    [
      "version 6 without details: in the prompt's, as its header says",
      {
        "ai.model.provider": "amazon-bedrock",
        "ai.request.headers.user-agent": "ai/6.0.68",
        "ai.usage.inputTokens": 130,
        "ai.usage.cachedInputTokens": 100,
      },
      { prompt: 130, output: undefined, cached: 100, write: undefined },
    ],
    [
      "version 6 without details or header: in the prompt's, as the provider's own count says",
      {
        "ai.model.provider": "anthropic.messages",
        "ai.usage.inputTokens": 110,
        "ai.usage.cachedInputTokens": 100,
        "ai.response.providerMetadata":
          '{"anthropic":{"usage":{"input_tokens":10,"cache_read_input_tokens":100}}}',
      },
      { prompt: 110, output: undefined, cached: 100, write: 0 },
    ],
    [
      "OpenAI: in the prompt's in every version",
      {
        "ai.usage.inputTokens": 130,
        "ai.usage.outputTokens": 9,
        "ai.usage.totalTokens": 139,
        "ai.usage.reasoningTokens": 4,
        "ai.usage.cachedInputTokens": 100,
      },
      { prompt: 130, output: 9, cached: 100, write: undefined },
    ],
    [
      "version 5 with Gemini: thoughts are beside the output's, as the total says",
      {
        "ai.model.provider": "google.generative-ai",
        "ai.usage.inputTokens": 10,
        "ai.usage.outputTokens": 5,
        "ai.usage.reasoningTokens": 40,
        "ai.usage.totalTokens": 55,
      },
      { prompt: 10, output: 45, cached: undefined, write: undefined },
    ],
  ])("%s", (_, attributes, { prompt, output, cached, write }) => {
    const { fields, meta } = readLog({ ...CALL, ...attributes });
    const usage = (meta.usage ?? {}) as Record<string, unknown>;

    expect(fields.prompt_tokens).toBe(prompt);
    expect(fields.output_tokens).toBe(output);
    expect(usage.cached).toBe(cached);
    expect(usage.cache_write).toBe(write);
  });
});

describe("the other AI SDK spans", () => {
  it("make a Flow of the function round the calls, whose usage is no call's", () => {
    const log = readLog({
      "operation.name": "ai.generateText weather",
      "ai.operationId": "ai.generateText",
      "ai.telemetry.functionId": "weather",
      "ai.model.id": "gpt-4o",
      "ai.prompt": JSON.stringify({ system: "Be brief.", prompt: "Weather?" }),
      "ai.response.text": "Sunny.",
      "ai.usage.promptTokens": 20,
      "ai.telemetry.metadata.sessionId": "s1",
      "ai.telemetry.metadata.userId": "u1",
      "ai.telemetry.metadata.tags": ["a"],
      "ai.telemetry.metadata.plan": "pro",
    });

    expect(log).toMatchObject({ type: "flow", inference: false, name: "weather" });
    expect(log.fields).toEqual({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Weather?" },
      ],
      output_message: { role: "assistant", content: "Sunny." },
      session_id: "s1",
      user: "u1",
      metadata: { plan: "pro", tags: ["a"] },
    });
  });

  it("make a Tool of a tool's call", () => {
    const log = readLog({
      "ai.operationId": "ai.toolCall",
      "ai.telemetry.functionId": "agent",
      "ai.toolCall.name": "weather",
      "ai.toolCall.args": '{"city":"Rome"}',
      "ai.toolCall.result": '{"temperature":20}',
    });

    expect(log).toMatchObject({ type: "tool", inference: false, name: "weather" });
    expect(log.fields).toMatchObject({ inputs: { city: "Rome" }, output: '{"temperature":20}' });
  });

  it("keep of an embedding its texts and the vectors' sizes, and of two spans the inner one", () => {
    const values = {
      "ai.values": ['"a"', '"b"'],
      "ai.embeddings": ["[0.1,0.2]", "[0.3,0.4]"],
      "ai.usage.tokens": 7,
      "ai.model.id": "embed-1",
      "ai.telemetry.functionId": "search",
    };

    const inner = readLog({ "ai.operationId": "ai.embedMany.doEmbed", ...values });
    const outer = readLog({ "ai.operationId": "ai.embedMany", ...values });

    expect(inner).toMatchObject({ type: "tool", inference: true, operation: "embeddings" });
    expect(inner.name).toBe("search/embeddings");
    expect(inner.fields).toMatchObject({
      inputs: { values: ["a", "b"] },
      output: '["[vector 2]","[vector 2]"]',
    });
    expect(inner.meta.usage).toMatchObject({ prompt_tokens: 7 });
    expect(outer.type).toBeUndefined();
  });

  it("of version 7 are read in OpenTelemetry's words, an embedding once", () => {
    const inScope = { scopeName: "gen_ai" };
    const embedding = { "gen_ai.operation.name": "embeddings", "gen_ai.request.model": "embed-1" };
    const chat = {
      "gen_ai.operation.name": "chat",
      "gen_ai.usage.input_tokens": 5,
      "gen_ai.client.operation.time_to_first_chunk": 0.2,
      "ai.settings.context.userId": "u1",
    };

    const log = readLog(chat, inScope);

    expect(readLog(embedding, inScope).type).toBeUndefined();
    expect(readLog({ ...embedding, "gen_ai.usage.input_tokens": 7 }, inScope).type).toBe("tool");
    expect(log).toMatchObject({ type: "prompt", inference: true });
    expect(log.fields).toMatchObject({ prompt_tokens: 5, user: "u1" });
    expect(log.meta.time_to_first_token_seconds).toBe(0.2);
    // Another writer of the same conventions may leave the usage out.
    expect(readLog(embedding).type).toBe("tool");
  });
});

describe("an AI SDK span with what can't be read", () => {
  it("keeps the text of cut messages and names the attribute", () => {
    const cut = '[{"role":"user","content":"Wea';

    const log = readLog({ ...CALL, "ai.prompt.messages": cut });

    expect(log.type).toBe("prompt");
    expect(log.fields.inputs).toEqual({ prompt: cut });
    expect(log.meta.unreadable).toEqual(["ai.prompt.messages"]);
  });

  it("keeps the text of cut calls of tools", () => {
    const cut = '[{"toolCallId":"c1","toolNa';

    const log = readLog({ ...CALL, "ai.response.toolCalls": cut });

    expect(log.fields.output).toBe(cut);
    expect(log.meta.unreadable).toEqual(["ai.response.toolCalls"]);
  });

  it.each([
    ["ai.prompt.messages", 7],
    ["ai.prompt.messages", ["no", "messages"]],
    ["ai.prompt.tools", [7, "{"]],
    ["ai.prompt.toolChoice", "{"],
    ["ai.response.text", { a: 1 }],
    ["ai.response.toolCalls", 7],
    ["ai.response.files", "[7]"],
    ["ai.usage.promptTokens", "many"],
    ["ai.response.providerMetadata", "[["],
    ["ai.telemetry.metadata.sessionId", 7],
    ["ai.model.id", []],
  ])("is a Prompt whatever %s holds", (name, value) => {
    expect(readLog({ ...CALL, [name]: value }).type).toBe("prompt");
  });
});
