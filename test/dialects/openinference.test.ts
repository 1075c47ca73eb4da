import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

const LLM = { "openinference.span.kind": "LLM", "llm.model_name": "gpt-4o" } as const;

describe("an OpenInference span", () => {
  it.each([
    ["LLM", "prompt", "chat", true],
    ["EMBEDDING", "tool", "embeddings", true],
    ["RETRIEVER", "tool", "retrieval", false],
    ["RERANKER", "tool", "rerank", false],
    ["TOOL", "tool", "execute_tool", false],
    ["AGENT", "flow", "invoke_agent", false],
    ["CHAIN", "flow", "chain", false],
    ["GUARDRAIL", "flow", "guardrail", false],
    ["EVALUATOR", "flow", "evaluator", false],
    ["PROMPT", undefined, "prompt", false],
    ["UNKNOWN", undefined, undefined, false],
  ])("of the kind %s is a %s", (kind, type, operation, inference) => {
    const log = readLog({ "openinference.span.kind": kind });

    expect(log).toMatchObject({ type, operation, inference });
  });

  it("gives its flattened messages", () => {
    const { fields } = readLog({
      ...LLM,
      "llm.input_messages.0.message.role": "system",
      "llm.input_messages.0.message.content": "Be brief.",
      "llm.input_messages.1.message.role": "user",
      "llm.input_messages.1.message.contents.0.message_content.type": "text",
      "llm.input_messages.1.message.contents.0.message_content.text": "What is it?",
      "llm.input_messages.1.message.contents.1.message_content.type": "image",
      "llm.input_messages.1.message.contents.1.message_content.image.image.url": "https://x.test/a",
      "llm.input_messages.2.message.role": "model",
      "llm.input_messages.2.message.tool_calls.0.tool_call.id": "c1",
      "llm.input_messages.2.message.tool_calls.0.tool_call.function.name": "look",
      "llm.input_messages.2.message.tool_calls.0.tool_call.function.arguments": '{"at":1}',
      "llm.input_messages.2.message.tool_calls.1.tool_call.id": "c2",
      "llm.input_messages.2.message.tool_calls.1.tool_call.function.name": "wait",
      "llm.input_messages.10.message.role": "user",
      "llm.input_messages.10.message.content": "last",
      "llm.input_messages.3.message.role": "tool",
      "llm.input_messages.3.message.tool_call_id": "c1",
      "llm.input_messages.3.message.name": "look",
      "llm.input_messages.3.message.content": "a cat",
      "llm.output_messages.0.message.role": "assistant",
      "llm.output_messages.0.message.contents.0.message_content.type": "reasoning",
      "llm.output_messages.0.message.contents.0.message_content.text": "hm",
      "llm.output_messages.0.message.contents.1.message_content.type": "text",
      "llm.output_messages.0.message.contents.1.message_content.text": "A cat.",
      "llm.finish_reason": "end_turn",
    });

    expect(fields.messages).toEqual([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image_url", image_url: { url: "https://x.test/a" } },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "look", arguments: '{"at":1}' } },
          { id: "c2", type: "function", function: { name: "wait", arguments: "{}" } },
        ],
      },
      { role: "tool", tool_call_id: "c1", name: "look", content: "a cat" },
      { role: "user", content: "last" },
    ]);
    expect(fields.output_message).toEqual({
      role: "assistant",
      content: "A cat.",
      reasoning: "hm",
    });
    expect(fields.finish_reason).toBe("stop");
  });

  it("gives messages that stand in one attribute", () => {
    const { fields } = readLog({
      ...LLM,
      "llm.input_messages": JSON.stringify([{ "message.role": "user", "message.content": "Hi" }]),
    });

    expect(fields.messages).toEqual([{ role: "user", content: "Hi" }]);
  });

  it("gives an old function call, and the prompts and choices of completions", () => {
    const called = readLog({
      ...LLM,
      "llm.output_messages.0.message.role": "assistant",
      "llm.output_messages.0.message.function_call_name": "add",
      "llm.output_messages.0.message.function_call_arguments_json": '{"a":1}',
    });
    const completed = readLog({
      ...LLM,
      "llm.prompts.0.prompt.text": "def fib",
      "llm.choices.0.completion.text": "(n):",
    });

    expect(called.fields.output_message).toMatchObject({
      tool_calls: [{ function: { name: "add", arguments: '{"a":1}' } }],
    });
    expect(completed.fields.messages).toEqual([{ role: "user", content: "def fib" }]);
    expect(completed.fields.output_message).toEqual({ role: "assistant", content: "(n):" });
  });

  it("gives what the raw response says where the attributes say nothing", () => {
    const { fields, meta } = readLog({
      ...LLM,
      "input.mime_type": "application/json",
      "input.value": '{"messages":[{"role":"user","content":"Hi"}],"tool_choice":"any"}',
      "output.mime_type": "application/json",
      "output.value": JSON.stringify({
        id: "r1",
        model: "gpt-4o-2024-08-06",
        choices: [{ finish_reason: "stop", message: { role: "assistant", content: "Ho" } }],
        usage: { prompt_tokens: 5, completion_tokens: 2 },
      }),
    });

    expect(fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Ho" },
      finish_reason: "stop",
      tool_choice: "required",
      prompt_tokens: 5,
      output_tokens: 2,
    });
    expect(meta).toMatchObject({ response_model: "gpt-4o-2024-08-06", response_id: "r1" });
  });

  it("gives tokens, their parts, and costs", () => {
    const { fields, meta } = readLog({
      ...LLM,
      "llm.token_count.prompt": 100,
      "llm.token_count.completion": "20",
      "llm.token_count.prompt_details.cache_read": 60,
      "llm.token_count.prompt_details.cache_write": 10,
      "llm.token_count.prompt_details.audio": 3,
      "llm.token_count.completion_details.reasoning": 8,
      "llm.token_count.completion_details.audio": 4,
      "llm.cost.prompt": 0.002,
      "llm.cost.completion": 0.004,
    });

    expect(fields).toMatchObject({
      prompt_tokens: 100,
      output_tokens: 20,
      prompt_cost: 0.002,
      output_cost: 0.004,
    });
    expect(meta.usage).toEqual({
      cached: 60,
      cache_write: 10,
      reasoning: 8,
      audio_input: 3,
      audio_output: 4,
    });
  });

  it("gives the request as the kernel, without what changes from call to call", () => {
    const { fields, meta } = readLog({
      "openinference.span.kind": "LLM",
      "llm.request.model_name": "gpt-4o",
      "llm.response.model_name": "gpt-4o-2024-08-06",
      "llm.model_name": "gpt-4o-2024-08-06",
      "llm.provider": "OpenAI",
      "llm.invocation_parameters": JSON.stringify({
        id: "resp_1",
        instructions: "Be brief.",
        temperature: 0.5,
        max_output_tokens: 100,
        top_k: 4,
        stop: null,
      }),
      "llm.tools.0.tool.json_schema": JSON.stringify({
        type: "function",
        function: { name: "add", description: "Adds.", parameters: { type: "object" } },
      }),
      "llm.tools.1.tool.name": "wait",
      "llm.prompt_template.template": "Weather in {{city}}?",
      "llm.prompt_template.variables": '{"city":"Rome"}',
      "llm.prompt_template.version": "v2",
      metadata: '{"team":"a"}',
      "tag.tags": ["x", "y"],
      "session.id": "s1",
      "user.id": "ada",
    });

    expect(fields).toMatchObject({
      prompt: {
        model: "gpt-4o",
        endpoint: "chat",
        provider: "openai",
        temperature: 0.5,
        max_tokens: 100,
        template: "Weather in {{city}}?",
        tools: [
          { name: "add", description: "Adds.", parameters: { type: "object" } },
          { name: "wait", description: "" },
        ],
        other: { top_k: 4 },
      },
      inputs: { city: "Rome" },
      session_id: "s1",
      user: "ada",
      metadata: { team: "a", tags: ["x", "y"], prompt_version: "v2" },
    });
    expect(Object.keys((fields.prompt as { other: object }).other)).toEqual(["top_k"]);
    expect(meta.response_model).toBe("gpt-4o-2024-08-06");
  });

  it("of an embedding keeps the size of its vectors", () => {
    const vector = Array.from({ length: 32 }, () => 0.5);
    const base = { "openinference.span.kind": "EMBEDDING", "embedding.model_name": "embed-3" };
    const flat = readLog({
      ...base,
      "embedding.embeddings.0.embedding.text": "a",
      "embedding.embeddings.0.embedding.vector": vector,
    });
    const raw = readLog({
      ...base,
      "input.value": "a",
      "output.value": JSON.stringify({ data: [{ embedding: vector }] }),
    });

    expect(flat.fields).toMatchObject({
      tool: { attributes: { model: "embed-3" } },
      inputs: { texts: ["a"] },
      output: '["[vector 32]"]',
    });
    expect(raw.fields).toMatchObject({
      inputs: { input: "a" },
      output: '{"data":[{"embedding":"[vector 32]"}]}',
    });
  });

  it("gives the documents of a retrieval and a reranking", () => {
    const found = readLog({
      "openinference.span.kind": "RETRIEVER",
      "input.value": "cats",
      "retrieval.documents.0.document.id": "d1",
      "retrieval.documents.0.document.content": "about cats",
      "retrieval.documents.0.document.score": 0.9,
      "retrieval.documents.0.document.metadata": '{"page":2}',
    });
    const ranked = readLog({
      "openinference.span.kind": "RERANKER",
      "reranker.query": "cats",
      "reranker.top_k": 1,
      "reranker.model_name": "rank-2",
      "reranker.input_documents.0.document.content": "dogs",
      "reranker.input_documents.1.document.content": "cats",
      "reranker.output_documents.0.document.content": "cats",
    });

    expect(found.fields.inputs).toEqual({ input: "cats" });
    expect(JSON.parse(String(found.fields.output))).toEqual([
      { id: "d1", content: "about cats", score: 0.9, metadata: { page: 2 } },
    ]);
    expect(ranked.fields).toMatchObject({
      tool: { attributes: { model: "rank-2" } },
      inputs: { query: "cats", top_k: 1, documents: [{ content: "dogs" }, { content: "cats" }] },
      output: '[{"content":"cats"}]',
    });
  });

  it("gives a tool's arguments and what it answered", () => {
    const { fields, name } = readLog({
      "openinference.span.kind": "TOOL",
      "tool.name": "search",
      "tool.description": "Searches.",
      "tool.parameters": '{"q":"tea"}',
      "output.value": "two hits",
      "output.mime_type": "text/plain",
    });

    expect(name).toBe("search");
    expect(fields).toMatchObject({
      tool: { function: { name: "search", description: "Searches." } },
      inputs: { q: "tea" },
      output: "two hits",
    });
  });

  it("gives what went into an agent and came out, under the agent's name", () => {
    const { fields, name } = readLog({
      "openinference.span.kind": "AGENT",
      "agent.name": "Planner",
      "input.value": '{"question":"why"}',
      "output.value": '{"answer":42}',
    });

    expect(name).toBe("Planner");
    expect(fields).toMatchObject({ inputs: { question: "why" }, output: '{"answer":42}' });
  });

  it("keeps text that is no JSON, and says of cut JSON that it could not be read", () => {
    const text = readLog({ "openinference.span.kind": "CHAIN", "input.value": "[note] why" });
    const cut = readLog({ "openinference.span.kind": "CHAIN", "input.value": '{"question":"wh' });

    expect(text.fields.inputs).toEqual({ input: "[note] why" });
    expect(text.meta.unreadable).toBeUndefined();
    expect(cut.fields.inputs).toEqual({ input: '{"question":"wh' });
    expect(cut.meta.unreadable).toEqual(["input.value"]);
  });

  it("of BeeAI joins the pieces of a streamed answer", () => {
    const { fields } = readLog(
      {
        ...LLM,
        "llm.output_messages.7.message.role": "assistant",
        "llm.output_messages.7.message.content": "Hel",
        "llm.output_messages.8.message.role": "assistant",
        "llm.output_messages.8.message.content": "lo",
      },
      { scopeName: "openinference.instrumentation.beeai" },
    );

    expect(fields.output_message).toEqual({ role: "assistant", content: "Hello" });
  });
});
