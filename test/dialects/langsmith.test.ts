import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

const LLM = {
  "langsmith.span.kind": "llm",
  "langsmith.trace.name": "answer",
  "gen_ai.operation.name": "chat",
  "gen_ai.system": "openai",
  "gen_ai.request.model": "gpt-4o",
};

describe("a LangSmith run", () => {
  it.each([
    ["llm", "prompt", true, "chat"],
    ["embedding", "tool", true, "embeddings"],
    ["tool", "tool", false, "execute_tool"],
    ["retriever", "tool", false, "retrieval"],
    ["chain", "flow", false, "chain"],
    ["prompt", undefined, false, "prompt"],
    ["parser", undefined, false, "parser"],
  ])(
    "of the type %s is a %s, whatever operation stands beside it",
    (type, kind, inference, operation) => {
      const log = readLog({ "langsmith.span.kind": type, "gen_ai.operation.name": "embeddings" });

      expect(log).toMatchObject({ type: kind, inference, operation });
    },
  );

  it("gives the request and the response that stand in it whole", () => {
    const log = readLog({
      ...LLM,
      "langsmith.metadata.ls_provider": "openai",
      "gen_ai.prompt": JSON.stringify({
        model: "gpt-4o",
        temperature: 0.5,
        stream: true,
        messages: [{ role: "user", content: "Hi" }],
        tools: [{ type: "function", function: { name: "weather", description: "W" } }],
      }),
      "gen_ai.completion": JSON.stringify({
        id: "chatcmpl-1",
        model: "gpt-4o-2024-08-06",
        choices: [{ message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
        usage: {
          prompt_tokens: 10,
          completion_tokens: 3,
          prompt_tokens_details: { cached_tokens: 4 },
        },
      }),
    });

    expect(log).toMatchObject({ type: "prompt", inference: true, name: "answer" });
    expect(log.fields).toMatchObject({
      prompt: {
        model: "gpt-4o",
        endpoint: "chat",
        provider: "openai",
        temperature: 0.5,
        tools: [{ name: "weather", description: "W" }],
      },
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello." },
      finish_reason: "stop",
      prompt_tokens: 10,
      output_tokens: 3,
    });
    expect(log.meta).toMatchObject({
      response_model: "gpt-4o-2024-08-06",
      response_id: "chatcmpl-1",
      usage: { cached: 4 },
    });
  });

  it("names no provider where LangSmith could not guess one", () => {
    const { prompt } = readLog({ ...LLM, "gen_ai.system": "langchain" }).fields;

    expect(prompt).toEqual({ model: "gpt-4o", endpoint: "chat" });
  });

  it("reads LangChain's batches of messages and its generations", () => {
    const human = {
      lc: 1,
      type: "constructor",
      id: ["langchain_core", "messages", "HumanMessage"],
      kwargs: { content: "Hi" },
    };
    const message = {
      lc: 1,
      type: "constructor",
      id: ["langchain_core", "messages", "AIMessage"],
      kwargs: { content: "", tool_calls: [{ id: "c1", name: "weather", args: { city: "Rome" } }] },
    };
    const log = readLog({
      ...LLM,
      "gen_ai.prompt": JSON.stringify({ messages: [[human]] }),
      "gen_ai.completion": JSON.stringify({
        generations: [[{ text: "", message, generationInfo: { finish_reason: "tool_calls" } }]],
        llmOutput: { tokenUsage: { promptTokens: 10, completionTokens: 3 } },
      }),
    });

    expect(log.fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: {
        role: "assistant",
        tool_calls: [
          {
            id: "c1",
            type: "function",
            function: { name: "weather", arguments: '{"city":"Rome"}' },
          },
        ],
      },
      finish_reason: "tool_calls",
      prompt_tokens: 10,
      output_tokens: 3,
    });
  });

  it("believes its usage before the response's: cached tokens are part of it", () => {
    const log = readLog({
      ...LLM,
      "langsmith.usage_metadata": JSON.stringify({
        input_tokens: 100,
        output_tokens: 30,
        input_token_details: { cache_read: 90, cache_creation: 5 },
        output_token_details: { reasoning: 20 },
        input_cost: 0.5,
        output_cost: 1,
      }),
    });

    expect(log.fields).toMatchObject({
      prompt_tokens: 100,
      output_tokens: 30,
      prompt_cost: 0.5,
      output_cost: 1,
    });
    expect(log.meta.usage).toEqual({ cached: 90, cache_write: 5, reasoning: 20 });
  });

  it("takes a function's arguments and result out of what they were wrapped in", () => {
    const tool = readLog({
      "langsmith.span.kind": "tool",
      "langsmith.trace.name": "weather",
      "gen_ai.prompt": '{"input":"Rome"}',
      "gen_ai.completion": '{"outputs":["sunny"]}',
    });
    const chain = readLog({
      "langsmith.span.kind": "chain",
      "gen_ai.prompt": '{"input":"Rome"}',
      "gen_ai.completion": '{"outputs":"sunny"}',
    });

    expect(tool.name).toBe("weather");
    expect(tool.fields).toMatchObject({ inputs: { input: "Rome" }, output: '["sunny"]' });
    expect(chain.fields).toMatchObject({ inputs: { input: "Rome" }, output: "sunny" });
  });

  it("keeps the thread, the user, tags and metadata, and nothing of LangSmith's own", () => {
    const log = readLog({
      "langsmith.span.kind": "chain",
      "langsmith.metadata.thread_id": "t1",
      "langsmith.metadata.user_id": "u1",
      "langsmith.metadata.plan": "pro",
      "langsmith.metadata.ls_model_type": "chat",
      "langsmith.metadata.LANGSMITH_TRACING": "true",
      "langsmith.span.tags": "a, b",
    });

    expect(log.fields).toEqual({
      session_id: "t1",
      user: "u1",
      metadata: { plan: "pro", tags: ["a", "b"] },
    });
  });

  it("says an error once, whose type LangSmith puts into its message too", () => {
    const events = [
      {
        name: "exception",
        attributes: { "exception.type": "Error", "exception.message": "Error: boom" },
      },
    ];

    expect(readLog(LLM, { events }).fields.error).toBe("Error: boom");
  });

  it("keeps a cut request's text and names it", () => {
    const cut = '{"messages":[{"role":"user","content":"Wea';
    const log = readLog({ ...LLM, "gen_ai.prompt": cut });

    expect(log.fields.messages).toEqual([{ role: "user", content: cut }]);
    expect(log.meta.unreadable).toEqual(["gen_ai.prompt"]);
  });
});
