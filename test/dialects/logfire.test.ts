import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

const CHAT = {
  "logfire.msg": "Chat Completion with 'gpt-4o'",
  "logfire.span_type": "span",
  "logfire.tags": ["LLM"],
  "gen_ai.system": "openai",
  "gen_ai.request.model": "gpt-4o",
  "gen_ai.operation.name": "chat",
};

const REQUEST = JSON.stringify({
  model: "gpt-4o",
  temperature: 0,
  messages: [{ role: "user", content: "Hi" }],
});

describe("a Logfire span", () => {
  it("that is pending is no log, for the span itself follows", () => {
    expect(readLog({ ...CHAT, "logfire.span_type": "pending_span" }).type).toBeUndefined();
  });

  it("of a model's call gives the raw request and response", () => {
    const log = readLog({
      ...CHAT,
      request_data: REQUEST,
      response_data: JSON.stringify({
        message: { role: "assistant", content: "Hello." },
        usage: { prompt_tokens: 10, completion_tokens: 3 },
      }),
    });

    expect(log).toMatchObject({ type: "prompt", inference: true });
    expect(log.fields).toMatchObject({
      prompt: { model: "gpt-4o", provider: "openai", temperature: 0 },
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello." },
      prompt_tokens: 10,
      output_tokens: 3,
      metadata: { tags: ["LLM"] },
    });
  });

  it("of an older version is a Prompt without naming an operation", () => {
    const { "gen_ai.operation.name": _, ...attributes } = CHAT;

    expect(readLog({ ...attributes, request_data: REQUEST }).type).toBe("prompt");
  });

  it("counts Anthropic's cached tokens in by the provider's own usage", () => {
    const log = readLog({
      ...CHAT,
      "gen_ai.system": "anthropic",
      "gen_ai.usage.input_tokens": 10,
      "gen_ai.usage.raw": '{"input_tokens":10,"cache_read_input_tokens":90,"output_tokens":3}',
    });

    expect(log.fields.prompt_tokens).toBe(100);
    expect(log.meta.usage).toMatchObject({ cached: 90 });
  });

  it("of a stream's end has the answer put together", () => {
    const log = readLog({
      ...CHAT,
      "logfire.span_type": "log",
      request_data: REQUEST,
      response_data: '{"combined_chunk_content":"Hello.","chunk_count":2}',
    });

    expect(log.fields.output_message).toEqual({ role: "assistant", content: "Hello." });
  });

  it("of an agent's response has its messages as events", () => {
    const call = { id: "c1", type: "function", function: { name: "weather", arguments: "{}" } };
    const events = [
      { "event.name": "gen_ai.system.message", content: "Be brief." },
      { "event.name": "gen_ai.user.message", content: "Hi", role: "user" },
      { "event.name": "gen_ai.assistant.message", role: "assistant", tool_calls: [call] },
      { "event.name": "gen_ai.tool.message", role: "tool", id: "c1", content: "Sunny." },
    ];
    const answer = {
      "event.name": "gen_ai.assistant.message",
      role: "assistant",
      content: "Fine.",
    };
    const choice = {
      "event.name": "gen_ai.choice",
      index: 0,
      finish_reason: "stop",
      message: { role: "assistant", content: "Fine." },
    };

    for (const last of [answer, choice]) {
      const log = readLog({ ...CHAT, events: JSON.stringify([...events, last]) });

      expect(log.fields.output_message).toEqual({ role: "assistant", content: "Fine." });
      expect(log.fields.messages).toMatchObject([
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
        { role: "assistant", tool_calls: [call] },
        { role: "tool", tool_call_id: "c1", content: "Sunny." },
      ]);
    }
  });

  it("of an agent's run is a Flow, of its function a Tool, of a turn no log", () => {
    const agent = readLog({ "logfire.msg_template": "Agent run: {name!r}", name: "Helper" });
    const tool = readLog({
      "logfire.msg_template": "Function: {name}",
      name: "weather",
      input: '{"city":"Rome"}',
      output: "Sunny.",
    });
    const turn = readLog({ "logfire.msg_template": "Turn {turn} for agent Helper", name: "turn" });

    expect(agent).toMatchObject({ type: "flow", name: "Helper" });
    expect(tool).toMatchObject({ type: "tool", name: "weather" });
    expect(tool.fields).toMatchObject({ inputs: { city: "Rome" }, output: "Sunny." });
    expect(turn.type).toBeUndefined();
  });

  it("gives what an instrumented function returned where another dialect knows the span", () => {
    const log = readLog({
      "logfire.msg": "calling",
      "gen_ai.operation.name": "execute_tool",
      return: '{"temperature":20}',
    });

    expect(log.fields.output).toBe('{"temperature":20}');
  });

  it("keeps a cut response's text and names it", () => {
    const log = readLog({ ...CHAT, response_data: '{"message":{"role":"assis' });

    expect(log.fields.output).toBe('{"message":{"role":"assis');
    expect(log.meta.unreadable).toEqual(["response_data"]);
  });
});

describe("a Pydantic AI span", () => {
  it("of an agent's run is a Flow whose last message is its answer", () => {
    const log = readLog({
      agent_name: "helper",
      model_name: "gpt-4o",
      "gen_ai.usage.input_tokens": 20,
      final_result: "Fine.",
      "pydantic_ai.all_messages": JSON.stringify([
        { role: "user", parts: [{ type: "text", content: "Hi" }] },
        { role: "assistant", parts: [{ type: "text", content: "Fine." }] },
      ]),
    });

    expect(log).toMatchObject({ type: "flow", inference: false, name: "helper" });
    expect(log.fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Fine." },
      output: "Fine.",
    });
  });

  it("of a tool has what it took and gave", () => {
    const log = readLog({
      "gen_ai.tool.name": "weather",
      tool_arguments: '{"city":"Rome"}',
      tool_response: "Sunny.",
    });

    expect(log).toMatchObject({ type: "tool", name: "weather" });
    expect(log.fields).toMatchObject({ inputs: { city: "Rome" }, output: "Sunny." });
  });

  it("of a model's call names the tools that were offered", () => {
    const log = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      model_request_parameters: JSON.stringify({
        function_tools: [
          { name: "weather", description: "W", parameters_json_schema: { type: "object" } },
        ],
        output_tools: [{ name: "final_result" }],
      }),
    });

    expect(log.fields.prompt).toMatchObject({
      model: "gpt-4o",
      tools: [
        { name: "weather", description: "W", parameters: { type: "object" } },
        { name: "final_result", description: "" },
      ],
    });
  });

  it("is no span that only has an agent's name", () => {
    expect(readLog({ agent_name: "helper" }).type).toBeUndefined();
  });
});
