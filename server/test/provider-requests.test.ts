import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type ProviderRequest, readProviderRequest } from "../../src/providers/index.ts";
import { allInteractions, hasRecordings } from "../../test/providers/recorded-traffic.ts";
import { promptKernel, toolKernel } from "../src/http/schemas/kernels.ts";
import { chatMessage, toolChoice } from "../src/http/schemas/messages.ts";

const IMAGE = "iVBORw0KGgo=";
const SCHEMA = { type: "object", properties: { city: { type: "string" } } };
const WEATHER = { name: "weather", description: "The weather of a city.", parameters: SCHEMA };

/** Reads a request, and holds that a Log API takes what it says. */
function read(url: string, body: unknown): ProviderRequest {
  const request = readProviderRequest(new URL(url), body) as ProviderRequest;
  expectTaken(request);
  return request;
}

function expectTaken({ operation, kernel, messages, toolChoice: choice }: ProviderRequest): void {
  const schema = operation === "embeddings" ? toolKernel : promptKernel;
  expect(schema.safeParse(kernel).error?.issues).toBeUndefined();
  expect(z.array(chatMessage).safeParse(messages ?? []).error?.issues).toBeUndefined();
  expect(toolChoice.safeParse(choice).error?.issues).toBeUndefined();
}

describe("a request to OpenAI chat completions", () => {
  const URL_ = "https://api.openai.com/v1/chat/completions";

  it("becomes a kernel, messages and a tool choice", () => {
    const request = read(URL_, {
      model: "gpt-5",
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "a",
              type: "function",
              function: { name: "weather", arguments: '{"city":"Rome"}' },
            },
            { id: "b", type: "custom", custom: { name: "sql", input: "select 1" } },
          ],
        },
        { role: "tool", tool_call_id: "a", content: "Sun" },
      ],
      temperature: 0.2,
      top_p: 0.9,
      max_completion_tokens: 100,
      stop: ["END"],
      presence_penalty: 0.1,
      frequency_penalty: -0.1,
      seed: 7,
      response_format: { type: "json_object" },
      reasoning_effort: "low",
      tools: [
        { type: "function", function: { ...WEATHER, strict: true } },
        { type: "custom", custom: { name: "sql", description: "Asks the store." } },
      ],
      tool_choice: { type: "function", function: { name: "weather" } },
      parallel_tool_calls: true,
      n: 2,
      user: "u1",
      metadata: { request: "42" },
      prompt_cache_key: "k",
      stream: true,
      stream_options: { include_usage: true },
    });

    expect(request).toEqual({
      operation: "chat",
      providerName: "openai",
      model: "gpt-5",
      kernel: {
        model: "gpt-5",
        endpoint: "chat",
        provider: "openai",
        temperature: 0.2,
        top_p: 0.9,
        max_tokens: 100,
        stop: ["END"],
        presence_penalty: 0.1,
        frequency_penalty: -0.1,
        seed: 7,
        response_format: { type: "json_object" },
        reasoning_effort: "low",
        tools: [
          { ...WEATHER, strict: true },
          { name: "sql", description: "Asks the store." },
        ],
        other: { parallel_tool_calls: true, n: 2 },
      },
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: "https://example.com/a.png" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            {
              id: "a",
              type: "function",
              function: { name: "weather", arguments: '{"city":"Rome"}' },
            },
            { id: "b", type: "function", function: { name: "sql", arguments: "select 1" } },
          ],
        },
        { role: "tool", tool_call_id: "a", content: "Sun" },
      ],
      toolChoice: { type: "function", function: { name: "weather" } },
      isStream: true,
    });
  });

  it("takes the older functions for tools", () => {
    const {
      kernel,
      messages,
      toolChoice: choice,
    } = read(URL_, {
      model: "gpt-4",
      functions: [WEATHER],
      function_call: { name: "weather" },
      messages: [{ role: "function", name: "weather", content: "Sun" }],
    });

    expect(kernel.tools).toEqual([WEATHER]);
    expect(messages).toEqual([{ role: "tool", name: "weather", content: "Sun" }]);
    expect(choice).toEqual({ type: "function", function: { name: "weather" } });
  });

  it("keeps parameters of a wrong type beside the kernel's fields", () => {
    const { kernel } = read(URL_, {
      model: 5,
      messages: [{ role: "bystander", content: { odd: true }, name: 3 }, "text", null],
      temperature: "hot",
      max_tokens: 1.5,
      stop: [1],
      seed: "x",
      response_format: "json",
      tools: [{ type: "function", function: { parameters: 1 } }, { type: "function" }, 7],
      tool_choice: 12,
    });

    expect(kernel).toEqual({
      model: "unknown",
      endpoint: "chat",
      provider: "openai",
      other: {
        temperature: "hot",
        max_tokens: 1.5,
        stop: [1],
        seed: "x",
        response_format: "json",
        hosted_tools: [{ type: "function" }],
      },
    });
  });

  it.each([
    [
      "https://x.openai.azure.com/openai/deployments/d1/chat/completions",
      "azure.ai.openai",
      "openai_azure",
    ],
    [
      "https://gateway.example/openai/deployments/d1/chat/completions",
      "azure.ai.openai",
      "openai_azure",
    ],
    ["https://api.groq.com/openai/v1/chat/completions", "groq", "groq"],
    ["https://api.deepseek.com/chat/completions", "deepseek", "deepseek"],
    ["https://openrouter.ai/api/v1/chat/completions", "openrouter", undefined],
    ["https://api.mistral.ai/v1/chat/completions", "mistral_ai", undefined],
    ["http://127.0.0.1:11434/v1/chat/completions", undefined, undefined],
    ["https://evilapi.openai.com.example/v1/chat/completions", undefined, undefined],
    ["https://notapi.openai.com/v1/chat/completions", undefined, undefined],
  ])("names the provider behind %s", (url, providerName, provider) => {
    const request = read(url, { messages: [] });

    expect(request.providerName).toBe(providerName);
    expect(request.kernel.provider).toBe(provider);
    expect(request.kernel.attributes).toEqual(
      providerName && !provider ? { provider: providerName } : undefined,
    );
    expect(request.model).toBe(url.includes("/deployments/") ? "d1" : undefined);
  });
});

describe("a request to OpenAI responses", () => {
  const URL_ = "https://api.openai.com/v1/responses";

  it("becomes a kernel and messages, the instructions first", () => {
    const request = read(URL_, {
      model: "gpt-5",
      instructions: "Be brief.",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "What is it?" },
            { type: "input_image", image_url: "https://example.com/a.png", detail: "auto" },
          ],
        },
        {
          type: "reasoning",
          id: "rs",
          summary: [{ type: "summary_text", text: "I look." }],
          encrypted_content: "x",
        },
        { type: "function_call", call_id: "a", name: "weather", arguments: "{}" },
        { type: "function_call", call_id: "b", name: "weather", arguments: "{}" },
        { type: "function_call_output", call_id: "a", output: "Sun" },
        {
          type: "function_call_output",
          call_id: "b",
          output: [{ type: "input_text", text: "Rain" }],
        },
        { type: "web_search_call", id: "ws", action: { type: "search", query: "q" } },
        {
          type: "message",
          role: "assistant",
          content: [{ type: "output_text", text: "It rains." }],
        },
        { type: "item_reference", id: "x" },
      ],
      tools: [
        { type: "function", ...WEATHER, strict: true },
        {
          type: "mcp",
          server_label: "m",
          server_url: "https://m.example",
          authorization: "secret",
          headers: { a: "b" },
        },
      ],
      tool_choice: { type: "function", name: "weather" },
      max_output_tokens: 50,
      text: {
        format: { type: "json_schema", name: "city", schema: SCHEMA, strict: true },
        verbosity: "low",
      },
      reasoning: { effort: "high", summary: "auto" },
      previous_response_id: "resp_1",
      truncation: "auto",
    });

    expect(request.messages).toEqual([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: "https://example.com/a.png" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        reasoning: "I look.",
        tool_calls: [
          { id: "a", type: "function", function: { name: "weather", arguments: "{}" } },
          { id: "b", type: "function", function: { name: "weather", arguments: "{}" } },
        ],
      },
      { role: "tool", content: "Sun", tool_call_id: "a" },
      { role: "tool", content: "Rain", tool_call_id: "b" },
      {
        role: "assistant",
        content: "It rains.",
        server_tool_calls: [
          { type: "web_search_call", id: "ws", action: { type: "search", query: "q" } },
        ],
      },
    ]);
    expect(request.kernel).toEqual({
      model: "gpt-5",
      endpoint: "chat",
      provider: "openai",
      max_tokens: 50,
      response_format: {
        type: "json_schema",
        json_schema: { name: "city", schema: SCHEMA, strict: true },
      },
      reasoning_effort: "high",
      tools: [{ ...WEATHER, strict: true }],
      other: {
        truncation: "auto",
        reasoning: { summary: "auto" },
        text: { verbosity: "low" },
        hosted_tools: [{ type: "mcp", server_label: "m", server_url: "https://m.example" }],
      },
    });
    expect(request.toolChoice).toEqual({ type: "function", function: { name: "weather" } });
  });

  it("takes a text for what the user says, and a kept template's variables for inputs", () => {
    const asked = read(URL_, { model: "gpt-5", input: "Hi", stream: true });
    const templated = read(URL_, {
      prompt: { id: "pmpt_1", version: "2", variables: { city: "Rome" } },
    });

    expect(asked.messages).toEqual([{ role: "user", content: "Hi" }]);
    expect(asked.isStream).toBe(true);
    expect(templated.inputs).toEqual({ city: "Rome" });
    expect(templated.kernel.other).toEqual({ prompt: { id: "pmpt_1", version: "2" } });
  });
});

describe("a request for embeddings or to the older completions", () => {
  it("makes a Tool's kernel, and inputs", () => {
    const request = read("https://api.openai.com/v1/embeddings", {
      model: "text-embedding-3-small",
      input: ["a", "b"],
      dimensions: 256,
      user: "u",
    });

    expect(request).toMatchObject({
      operation: "embeddings",
      model: "text-embedding-3-small",
      kernel: { setup_values: { model: "text-embedding-3-small", dimensions: 256 } },
      inputs: { input: ["a", "b"] },
    });
  });

  it("makes a Prompt's kernel of the endpoint `complete`", () => {
    const request = read("http://localhost:8000/v1/completions", {
      model: "m",
      prompt: "Once",
      max_tokens: 5,
    });

    expect(request).toMatchObject({
      operation: "text_completion",
      kernel: { model: "m", endpoint: "complete", max_tokens: 5 },
      inputs: { prompt: "Once" },
    });
  });
});

describe("a request to Anthropic messages", () => {
  const URL_ = "https://api.anthropic.com/v1/messages?beta=true";

  it("becomes a kernel and messages, the answers of tools apart", () => {
    const request = read(URL_, {
      model: "claude-x",
      max_tokens: 100,
      system: [{ type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } }],
      messages: [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "base64", media_type: "image/png", data: IMAGE } },
            { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
            { type: "text", text: "What is it?" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "I look.", signature: "s" },
            { type: "text", text: "A moment." },
            { type: "tool_use", id: "a", name: "weather", input: { city: "Rome" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "Sun" }] },
            { type: "tool_result", tool_use_id: "b", content: "broken", is_error: true },
            { type: "text", text: "And now?" },
          ],
        },
      ],
      tools: [
        { name: "weather", description: "The weather of a city.", input_schema: SCHEMA },
        { type: "web_search_20250305", name: "web_search", max_uses: 2 },
      ],
      mcp_servers: [
        { type: "url", url: "https://m.example", name: "m", authorization_token: "secret" },
      ],
      tool_choice: { type: "any" },
      thinking: { type: "enabled", budget_tokens: 1024 },
      stop_sequences: ["END"],
      top_k: 5,
      metadata: { user_id: "u" },
      stream: true,
    });

    expect(request).toEqual({
      operation: "chat",
      providerName: "anthropic",
      model: "claude-x",
      kernel: {
        model: "claude-x",
        endpoint: "chat",
        provider: "anthropic",
        max_tokens: 100,
        stop: ["END"],
        tools: [WEATHER],
        other: {
          thinking: { type: "enabled", budget_tokens: 1024 },
          top_k: 5,
          mcp_servers: [{ type: "url", url: "https://m.example", name: "m" }],
          hosted_tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 2 }],
        },
      },
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE}` } },
            { type: "image_url", image_url: { url: "https://example.com/a.png" } },
            { type: "text", text: "What is it?" },
          ],
        },
        {
          role: "assistant",
          content: "A moment.",
          reasoning: "I look.",
          tool_calls: [
            {
              id: "a",
              type: "function",
              function: { name: "weather", arguments: '{"city":"Rome"}' },
            },
          ],
        },
        { role: "tool", content: "Sun", tool_call_id: "a" },
        { role: "tool", content: "broken", tool_call_id: "b", is_error: true },
        { role: "user", content: "And now?" },
      ],
      toolChoice: "required",
      isStream: true,
    });
  });

  it.each([
    [
      "https://gateway.example/anthropic/v1/messages",
      { model: "m", max_tokens: 1 },
      "anthropic",
      "m",
    ],
    [
      "https://x-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/claude-x:streamRawPredict",
      { anthropic_version: "vertex-2023-10-16", max_tokens: 1 },
      "gcp.vertex_ai",
      "claude-x",
    ],
    [
      "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-x-v1%3A0/invoke",
      { anthropic_version: "bedrock-2023-05-31", max_tokens: 1 },
      "aws.bedrock",
      "anthropic.claude-x-v1:0",
    ],
  ])("is known at %s", (url, body, providerName, model) => {
    expect(read(url, { ...body, messages: [] })).toMatchObject({ providerName, model });
  });
});

describe("a request to Gemini", () => {
  const STUDIO = "https://generativelanguage.googleapis.com/v1beta/models/gemini-x";
  const VERTEX =
    "https://l-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/google/models/gemini-x";

  it("becomes a kernel and messages", () => {
    const request = read(`${STUDIO}:generateContent`, {
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents: [
        {
          role: "user",
          parts: [{ text: "What is it?" }, { inlineData: { mimeType: "image/png", data: IMAGE } }],
        },
        {
          role: "model",
          parts: [
            { text: "I look.", thought: true },
            { functionCall: { id: "a", name: "weather", args: { city: "Rome" } } },
          ],
        },
        {
          role: "user",
          parts: [{ functionResponse: { id: "a", name: "weather", response: { sky: "blue" } } }],
        },
      ],
      tools: [{ functionDeclarations: [WEATHER] }, { googleSearch: {} }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["weather"] } },
      generationConfig: {
        temperature: 0.2,
        topP: 0.9,
        topK: 5,
        maxOutputTokens: 100,
        stopSequences: ["END"],
        responseMimeType: "application/json",
        responseSchema: SCHEMA,
        thinkingConfig: { thinkingLevel: "HIGH" },
      },
      safetySettings: [{ category: "C", threshold: "T" }],
    });

    expect(request).toEqual({
      operation: "generate_content",
      providerName: "gcp.gemini",
      model: "gemini-x",
      kernel: {
        model: "gemini-x",
        endpoint: "chat",
        provider: "google",
        temperature: 0.2,
        top_p: 0.9,
        max_tokens: 100,
        stop: ["END"],
        response_format: { type: "json_schema", json_schema: { schema: SCHEMA } },
        reasoning_effort: "high",
        tools: [WEATHER],
        other: {
          safetySettings: [{ category: "C", threshold: "T" }],
          topK: 5,
          thinkingConfig: { thinkingLevel: "HIGH" },
          hosted_tools: [{ googleSearch: {} }],
        },
      },
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${IMAGE}` } },
          ],
        },
        {
          role: "assistant",
          content: null,
          reasoning: "I look.",
          tool_calls: [
            {
              id: "a",
              type: "function",
              function: { name: "weather", arguments: '{"city":"Rome"}' },
            },
          ],
        },
        { role: "tool", name: "weather", tool_call_id: "a", content: '{"sky":"blue"}' },
      ],
      toolChoice: { type: "function", function: { name: "weather" } },
      isStream: false,
    });
  });

  it("is known on Vertex and in snake case", () => {
    const request = read(`${VERTEX}:streamGenerateContent?alt=sse`, {
      system_instruction: { parts: { text: "Be brief." } },
      contents: { parts: [{ text: "Hi" }] },
      generation_config: { max_output_tokens: 5 },
      tools: [{ function_declarations: [{ name: "f", parameters_json_schema: SCHEMA }] }],
    });

    expect(request).toMatchObject({
      providerName: "gcp.vertex_ai",
      kernel: { max_tokens: 5, tools: [{ name: "f", description: "", parameters: SCHEMA }] },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ],
      isStream: true,
    });
  });
});

describe("a request to Cohere or Ollama", () => {
  it("becomes a kernel and messages at Cohere's version 1", () => {
    const request = read("https://api.cohere.com/v1/chat", {
      model: "command-x",
      preamble: "Be brief.",
      chat_history: [
        { role: "USER", message: "Hi" },
        { role: "CHATBOT", message: "", tool_calls: [{ name: "weather", parameters: { a: 1 } }] },
        { role: "TOOL", tool_results: [{ outputs: [{ sky: "Sun" }] }] },
      ],
      message: "And now?",
      p: 0.9,
      tools: [{ name: "weather", description: "The weather.", parameter_definitions: {} }],
      connectors: [{ id: "web-search" }],
    });

    expect(request).toMatchObject({
      providerName: "cohere",
      kernel: {
        model: "command-x",
        provider: "cohere",
        top_p: 0.9,
        tools: [{ name: "weather", parameters: { type: "object", properties: {} } }],
        other: { connectors: [{ id: "web-search" }] },
      },
      isStream: false,
    });
    expect(request.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: "",
        tool_calls: [
          { id: "", type: "function", function: { name: "weather", arguments: '{"a":1}' } },
        ],
      },
      { role: "tool", content: null, tool_results: [{ outputs: [{ sky: "Sun" }] }] },
      { role: "user", content: "And now?" },
    ]);
  });

  it("becomes a kernel and messages at Cohere", () => {
    const request = read("https://api.cohere.com/v2/chat", {
      model: "command-x",
      messages: [
        { role: "system", content: "Be brief." },
        {
          role: "assistant",
          tool_plan: "I ask.",
          tool_calls: [
            { id: "a", type: "function", function: { name: "weather", arguments: "{}" } },
          ],
        },
        {
          role: "tool",
          tool_call_id: "a",
          content: [{ type: "document", document: { data: "Sun" } }],
        },
      ],
      tools: [{ type: "function", function: WEATHER }],
      tool_choice: "REQUIRED",
      p: 0.9,
      k: 3,
      stop_sequences: ["END"],
      stream: true,
    });

    expect(request).toMatchObject({
      providerName: "cohere",
      kernel: { provider: "cohere", top_p: 0.9, stop: ["END"], tools: [WEATHER], other: { k: 3 } },
      toolChoice: "required",
      isStream: true,
    });
    expect(request.messages).toHaveLength(3);
  });

  it("becomes a kernel and messages at Ollama, which streams unless told not to", () => {
    const request = read("http://localhost:11434/api/chat", {
      model: "llama3",
      messages: [
        { role: "user", content: "What is it?", images: [IMAGE] },
        {
          role: "assistant",
          content: "",
          thinking: "I ask.",
          tool_calls: [{ function: { name: "weather", arguments: { city: "Rome" } } }],
        },
        { role: "tool", content: "Sun", tool_name: "weather" },
      ],
      tools: [{ type: "function", function: WEATHER }],
      format: SCHEMA,
      think: true,
      options: { temperature: 0, num_predict: 5, num_ctx: 2048 },
    });
    const generated = read("http://localhost:11434/api/generate", {
      model: "llama3",
      prompt: "Hi",
      system: "Be brief.",
      stream: false,
    });

    expect(request).toMatchObject({
      providerName: "ollama",
      kernel: {
        temperature: 0,
        max_tokens: 5,
        response_format: { type: "json_schema", json_schema: { schema: SCHEMA } },
        other: { num_ctx: 2048, think: true },
        attributes: { provider: "ollama" },
      },
      messages: [
        { role: "user", content: [{ type: "text", text: "What is it?" }, { type: "image_url" }] },
        {
          role: "assistant",
          reasoning: "I ask.",
          tool_calls: [{ function: { name: "weather", arguments: '{"city":"Rome"}' } }],
        },
        { role: "tool", content: "Sun", name: "weather" },
      ],
      isStream: true,
    });
    expect(generated).toMatchObject({
      operation: "text_completion",
      messages: [{ role: "system" }, { role: "user", content: "Hi" }],
      isStream: false,
    });
  });
});

describe("a request that is none of a model", () => {
  it.each([
    ["https://api.openai.com/v1/chat/completions", { model: "m" }],
    ["https://api.openai.com/v1/chat/completions", "text"],
    ["https://api.openai.com/v1/models", { messages: [] }],
    ["https://api.openai.com/v1/responses", {}],
    ["https://api.openai.com/v1/responses/resp_1/cancel", { input: "x" }],
    ["https://api.openai.com/v1/embeddings", {}],
    ["https://api.anthropic.com/v1/messages/count_tokens", { messages: [], max_tokens: 1 }],
    ["https://api.anthropic.com/v1/messages/batches", { requests: [] }],
    ["https://shop.example/messages", { messages: ["hello"] }],
    ["https://generativelanguage.googleapis.com/v1beta/models/x:countTokens", { contents: [] }],
    ["https://api.cohere.com/v2/chat", {}],
    ["https://shop.example/v1/chat", { message: "Hi" }],
    ["https://shop.example/api/chat", { messages: [] }],
    ["https://shop.example/api/generate", { prompt: "x" }],
  ])("is left alone: %s", (url, body) => {
    expect(readProviderRequest(new URL(url), body)).toBeUndefined();
  });
});

const interactions = allInteractions();

describe.skipIf(!hasRecordings)("recorded requests of every provider", () => {
  it("are there to be read", () => {
    expect(interactions.length).toBeGreaterThan(80);
  });

  for (const { name, request, api } of interactions) {
    if (request === undefined || api === "count-tokens") continue;
    it(`are taken by a Log API: ${name}`, () => {
      const read_ = readProviderRequest(new URL(request.url), request.body);

      expectTaken(read_ as ProviderRequest);
      expect(read_?.model).toBeDefined();
      expect((read_?.messages ?? Object.keys(read_?.inputs ?? {})).length).toBeGreaterThan(0);
    });
  }
});
