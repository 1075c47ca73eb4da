import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

describe("an older GenAI span", () => {
  it.each([
    ["chat", "prompt", "chat", true],
    ["completion", "prompt", "text_completion", true],
    ["embedding", "tool", "embeddings", true],
    ["rerank", "tool", "rerank", false],
  ])("of the request type %s is a %s", (request, type, operation, inference) => {
    const log = readLog({ "llm.request.type": request, "gen_ai.request.model": "m" });

    expect(log).toMatchObject({ type, operation, inference });
  });

  it.each<[string, Record<string, unknown>, string | undefined]>([
    [
      "a model and its provider",
      { "gen_ai.system": "openai", "gen_ai.request.model": "m" },
      "prompt",
    ],
    ["messages", { "gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Hi" }, "prompt"],
    ["a tool's call", { "gen_ai.tool.call.id": "c1", "gen_ai.tool.name": "add" }, "tool"],
    [
      "an agent's name beside the model",
      { "gen_ai.system": "openai", "gen_ai.request.model": "m", "gen_ai.agent.name": "a" },
      undefined,
    ],
    ["a provider alone", { "gen_ai.system": "openai" }, undefined],
  ])("without an operation is told by %s", (_, attributes, type) => {
    expect(readLog(attributes).type).toBe(type);
  });

  it("gives numbered messages, tools and tokens", () => {
    const { fields, meta } = readLog({
      "llm.request.type": "chat",
      "gen_ai.system": "Anthropic",
      "gen_ai.request.model": "claude",
      "gen_ai.prompt.0.role": "system",
      "gen_ai.prompt.0.content": "Be brief.",
      "gen_ai.prompt.1.role": "user",
      "gen_ai.prompt.1.content": '[{"type":"text","text":"Hi"},{"type":"text","text":"there"}]',
      "gen_ai.prompt.2.role": "assistant",
      "gen_ai.prompt.2.tool_calls.0.id": "c1",
      "gen_ai.prompt.2.tool_calls.0.name": "add",
      "gen_ai.prompt.2.tool_calls.0.arguments": '{"a":1}',
      "gen_ai.prompt.3.role": "tool",
      "gen_ai.prompt.3.tool_call_id": "c1",
      "gen_ai.prompt.3.content": "2",
      "gen_ai.completion.0.role": "thinking",
      "gen_ai.completion.0.content": "hm",
      "gen_ai.completion.1.role": "assistant",
      "gen_ai.completion.1.content": "Two.",
      "gen_ai.completion.1.finish_reason": "end_turn",
      "llm.request.functions.0.name": "add",
      "llm.request.functions.0.description": "Adds.",
      "llm.request.functions.0.parameters": '{"type":"object"}',
      "llm.top_k": 5,
      "gen_ai.usage.prompt_tokens": 10,
      "gen_ai.usage.completion_tokens": 3,
      "gen_ai.usage.cache_read_input_tokens": 40,
      "gen_ai.usage.cache_creation_input_tokens": 2,
      "llm.usage.total_tokens": 13,
    });

    expect(fields).toMatchObject({
      prompt: {
        provider: "anthropic",
        tools: [{ name: "add", description: "Adds.", parameters: { type: "object" } }],
        other: { top_k: 5 },
      },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi\nthere" },
        { role: "assistant", tool_calls: [{ id: "c1", function: { arguments: '{"a":1}' } }] },
        { role: "tool", tool_call_id: "c1", content: "2" },
      ],
      output_message: { role: "assistant", content: "Two.", reasoning: "hm" },
      prompt_tokens: 52,
      output_tokens: 3,
    });
    expect(meta.usage).toEqual({ cached: 40, cache_write: 2 });
  });

  it("takes calls that are written as the content of a tool", () => {
    const call = [{ id: "c1", type: "function", function: { name: "add", arguments: "{}" } }];
    const { fields } = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.prompt.0.role": "tool",
      "gen_ai.prompt.0.content": JSON.stringify(call),
      "gen_ai.prompt.1.role": "tool",
      "gen_ai.prompt.1.content": "2",
    });

    expect(fields.messages).toEqual([
      { role: "assistant", content: null, tool_calls: call },
      { role: "tool", content: "2" },
    ]);
  });

  it("gives messages that stand in one attribute each", () => {
    const { fields } = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.prompt": '[{"role":"user","content":"Hi"}]',
      "gen_ai.completion": '[{"role":"assistant","content":"Ho"}]',
    });

    expect(fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Ho" },
    });
  });

  it("gives the events on its span", () => {
    const { fields, type } = readLog(
      { "gen_ai.response.model": "m" },
      {
        events: [
          { name: "gen_ai.system.message", attributes: { content: "Be brief." } },
          {
            name: "gen_ai.user.message",
            attributes: { "gen_ai.event.content": '{"role":"user","content":"Hi"}' },
          },
          {
            name: "gen_ai.choice",
            attributes: {
              index: 0,
              finish_reason: "stop",
              message: '{"role":"assistant","content":"Ho"}',
            },
          },
        ],
      },
    );

    expect(type).toBe("prompt");
    expect(fields).toMatchObject({
      prompt: { model: "m" },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ],
      output_message: { role: "assistant", content: "Ho" },
      finish_reason: "stop",
    });
  });

  it("gives OpenLIT's events, by line", () => {
    const event = (name: string, value: string) => ({
      name: `gen_ai.content.${name}`,
      attributes: { [`gen_ai.${name}`]: value },
    });
    const { fields } = readLog(
      { "gen_ai.operation.name": "chat", "gen_ai.usage.cost": 0.25 },
      {
        events: [event("prompt", "system: Be brief.\nuser: Hi\nthere"), event("completion", "Ho")],
      },
    );

    expect(fields).toMatchObject({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi\nthere" },
      ],
      output_message: { role: "assistant", content: "Ho" },
    });
  });
});

describe("a span of Sentry's", () => {
  it("gives messages, answer, tools, tokens and costs by its names", () => {
    const { fields, meta } = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.request.messages": '[{"role":"user","content":"Hi"}]',
      "gen_ai.request.available_tools": '[{"name":"add"}]',
      "gen_ai.response.text": '["Ho"]',
      "gen_ai.response.tool_calls": '[{"name":"add","arguments":"{}"}]',
      "gen_ai.response.time_to_first_token": 0.5,
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.input_tokens.cached": 4,
      "gen_ai.usage.output_tokens.reasoning": 2,
      "gen_ai.cost.input_tokens": 0.1,
      "gen_ai.cost.output_tokens": 0.2,
    });

    expect(fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: {
        role: "assistant",
        content: "Ho",
        tool_calls: [{ function: { name: "add", arguments: "{}" } }],
      },
      prompt: { tools: [{ name: "add" }] },
      prompt_tokens: 10,
      prompt_cost: 0.1,
      output_cost: 0.2,
    });
    expect(meta).toMatchObject({
      usage: { cached: 4, reasoning: 2 },
      time_to_first_token_seconds: 0.5,
    });
  });

  it("leaves out a first token that came after the span's end", () => {
    const { meta } = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.response.time_to_first_token": 350,
    });

    expect(meta.time_to_first_token_seconds).toBeUndefined();
  });
});

describe("a span of Google's ADK", () => {
  it("gives the raw request and response", () => {
    const { fields, type } = readLog({
      "gen_ai.system": "gcp.vertex.agent",
      "gcp.vertex.agent.session_id": "s1",
      "gcp.vertex.agent.llm_request": JSON.stringify({
        model: "gemini",
        config: { system_instruction: "Be brief.", temperature: 0.5 },
        contents: [{ role: "user", parts: [{ text: "Hi" }] }],
      }),
      "gcp.vertex.agent.llm_response": JSON.stringify({
        content: { role: "model", parts: [{ text: "Ho" }] },
        finish_reason: "STOP",
      }),
    });

    expect(type).toBe("prompt");
    expect(fields).toMatchObject({
      prompt: { model: "gemini", provider: "google", temperature: 0.5 },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
      ],
      output_message: { role: "assistant", content: "Ho" },
      finish_reason: "stop",
      session_id: "s1",
    });
  });

  it("gives what a tool was given and answered", () => {
    const { fields } = readLog({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "add",
      "gcp.vertex.agent.llm_request": "{}",
      "gcp.vertex.agent.tool_call_args": '{"a":1}',
      "gcp.vertex.agent.tool_response": '{"sum":2}',
    });

    expect(fields).toMatchObject({ inputs: { a: 1 }, output: '{"sum":2}' });
  });
});
