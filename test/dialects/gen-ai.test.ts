import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/assemble/options.ts";
import type { SpanReading } from "../../src/base/span-reading.ts";
import type { SpanView } from "../../src/base/span-view.ts";
import { readSpan } from "../../src/dialects/index.ts";
import { foreign, span } from "../assemble/spans.ts";

function read(
  operation: string,
  attributes: Readonly<Record<string, unknown>> = {},
  more: Partial<SpanView> = {},
): SpanReading {
  const reading = readSpan(foreign(operation, 1, undefined, attributes, more), DEFAULT_LIMITS);
  if (reading === undefined) throw new Error(`${operation} was not read`);
  return reading;
}

function field(reading: SpanReading, name: string): unknown {
  const text = reading.fields[name];
  return text === undefined ? undefined : JSON.parse(text);
}

function meta(reading: SpanReading, name: string): unknown {
  const text = reading.meta[name];
  return text === undefined ? undefined : JSON.parse(text);
}

describe("a GenAI span", () => {
  it("has messages alone among its messages, wherever they are cut", () => {
    const parts = [{ type: "text", content: "a".repeat(80) }];
    const messages = JSON.stringify(Array.from({ length: 5 }, () => ({ role: "user", parts })));
    const view = foreign("chat", 1, undefined, { "gen_ai.input.messages": messages });
    for (let cap = 20; cap < 600; cap++) {
      const reading = readSpan(view, { maxFieldBytes: cap, mask: undefined });
      const kept = JSON.parse(reading?.fields.messages ?? "[]") as unknown[];

      for (const each of kept) expect(each).toMatchObject({ role: "user" });
    }
  });

  it.each([
    ["chat", "prompt"],
    ["generate_content", "prompt"],
    ["text_completion", "prompt"],
    ["embeddings", "tool"],
    ["execute_tool", "tool"],
    ["rerank", "tool"],
    ["retrieval", "tool"],
    ["search_memory", "tool"],
    ["delete_memory_store", "tool"],
    ["fetch_response", "prompt"],
    ["plan", "flow"],
    ["create_agent", "flow"],
    ["invoke_agent", "flow"],
    ["invoke_workflow", "flow"],
    ["agent_step", undefined],
    ["something_new", undefined],
  ])("with the operation %s is a %s", (operation, type) => {
    expect(read(operation).type).toBe(type);
  });

  it("without an operation is not one", () => {
    const view = span(1, undefined, { attributes: { "gen_ai.request.model": "gpt-4o" } });

    expect(readSpan(view, DEFAULT_LIMITS)).toBeUndefined();
  });

  it("gives the request as the kernel", () => {
    const reading = read("chat", {
      "gen_ai.provider.name": "aws.bedrock",
      "gen_ai.request.model": "claude-sonnet-4",
      "gen_ai.response.model": "claude-sonnet-4-20250514",
      "gen_ai.request.temperature": 0,
      "gen_ai.request.top_p": 0.9,
      "gen_ai.request.max_tokens": 100,
      "gen_ai.request.frequency_penalty": 0.1,
      "gen_ai.request.presence_penalty": 0.2,
      "gen_ai.request.seed": 7,
      "gen_ai.request.stop_sequences": ["END"],
      "gen_ai.request.top_k": 40,
      "gen_ai.request.choice.count": 2,
      "gen_ai.output.type": "json",
      "gen_ai.tool.definitions": JSON.stringify([
        { type: "function", name: "a", description: "A", parameters: { type: "object" } },
        { type: "function", function: { name: "b" } },
        { type: "web_search" },
      ]),
    });

    expect(field(reading, "prompt")).toEqual({
      model: "claude-sonnet-4",
      endpoint: "chat",
      provider: "bedrock",
      temperature: 0,
      top_p: 0.9,
      max_tokens: 100,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      seed: 7,
      stop: ["END"],
      response_format: { type: "json_object" },
      tools: [
        { name: "a", description: "A", parameters: { type: "object" } },
        { name: "b", description: "" },
      ],
      other: { top_k: 40, n: 2 },
    });
    expect(meta(reading, "response_model")).toBe("claude-sonnet-4-20250514");
  });

  it("keeps a provider that the Log API has no name for", () => {
    expect(
      field(read("text_completion", { "gen_ai.provider.name": "mistral_ai" }), "prompt"),
    ).toEqual({
      model: "unknown",
      endpoint: "complete",
      attributes: { provider: "mistral_ai" },
    });
  });

  it("gives its messages in the shape of OpenAI", () => {
    const reading = read("chat", {
      "gen_ai.system_instructions": '[{"type":"text","content":"Be brief."}]',
      "gen_ai.input.messages": JSON.stringify([
        {
          role: "user",
          name: "ada",
          parts: [
            { type: "text", content: "Hi" },
            { type: "text", content: "there" },
          ],
        },
        {
          role: "user",
          parts: [
            { type: "text", content: "see" },
            { type: "uri", modality: "image", uri: "https://x.test/a.png" },
            { type: "blob", modality: "image", mime_type: "image/gif", content: "R0lG" },
            { type: "file", file_id: "f1" },
          ],
        },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", content: "hm" },
            { type: "tool_call", id: "c1", name: "add", arguments: { a: 1 } },
          ],
        },
        { role: "tool", parts: [{ type: "tool_call_response", id: "c1", response: { sum: 2 } }] },
        { role: "tool", parts: [{ type: "tool_call_response", id: "c2", result: "two" }] },
        { role: "user", content: "as OpenAI has it" },
      ]),
      "gen_ai.output.messages": JSON.stringify([
        { role: "assistant", parts: [{ type: "text", content: "2" }], finish_reason: "end_turn" },
        { role: "assistant", parts: [{ type: "text", content: "two" }] },
      ]),
    });

    expect(field(reading, "messages")).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", name: "ada", content: "Hi\nthere" },
      {
        role: "user",
        content: [
          { type: "text", text: "see" },
          { type: "image_url", image_url: { url: "https://x.test/a.png" } },
          { type: "image_url", image_url: { url: "data:image/gif;base64,R0lG" } },
          { type: "file", file_id: "f1" },
        ],
      },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "add", arguments: '{"a":1}' } },
        ],
        reasoning: "hm",
      },
      { role: "tool", tool_call_id: "c1", content: '{"sum":2}' },
      { role: "tool", tool_call_id: "c2", content: "two" },
      { role: "user", content: "as OpenAI has it" },
    ]);
    expect(field(reading, "output_message")).toEqual({ role: "assistant", content: "2" });
    expect(field(reading, "finish_reason")).toBe("stop");
  });

  it("takes messages as objects, too", () => {
    const messages = [{ role: "user", parts: [{ type: "text", content: "Hi" }] }];

    expect(field(read("chat", { "gen_ai.input.messages": messages }), "messages")).toEqual([
      { role: "user", content: "Hi" },
    ]);
  });

  it.each([
    [["tool_use"], "tool_calls"],
    [["MAX_TOKENS"], "length"],
    [["content_filter"], "content_filter"],
    ["stop", "stop"],
  ])("gives the finish reason %j as %s", (reasons, expected) => {
    const reading = read("chat", { "gen_ai.response.finish_reasons": reasons });

    expect(field(reading, "finish_reason")).toBe(expected);
  });

  it("counts cached tokens in where a writer has left them out", () => {
    const usage = (input: number, cached: number, written: number): unknown =>
      field(
        read("chat", {
          "gen_ai.usage.input_tokens": input,
          "gen_ai.usage.cache_read.input_tokens": cached,
          "gen_ai.usage.cache_creation.input_tokens": written,
        }),
        "prompt_tokens",
      );

    expect(usage(100, 60, 20)).toBe(100);
    expect(usage(10, 60, 20)).toBe(90);
  });

  it("keeps usage in the metadata of a log that is no prompt", () => {
    const reading = read("embeddings", { "gen_ai.usage.input_tokens": 12 });

    expect(meta(reading, "usage")).toEqual({ prompt_tokens: 12 });
    expect(reading.fields.prompt_tokens).toBeUndefined();
  });

  it("gives a tool's arguments and result", () => {
    const reading = read("execute_tool", {
      "gen_ai.tool.name": "search",
      "gen_ai.tool.description": "Searches.",
      "gen_ai.tool.call.arguments": '{"q":"tea"}',
      "gen_ai.tool.call.result": '{"hits":2}',
    });

    expect(field(reading, "tool")).toEqual({
      function: { name: "search", description: "Searches." },
    });
    expect(field(reading, "inputs")).toEqual({ q: "tea" });
    expect(field(reading, "output")).toBe('{"hits":2}');
    expect(reading.name).toBe("search");
  });

  it("takes a tool's arguments that are no object", () => {
    const reading = read("execute_tool", { "gen_ai.tool.call.arguments": "plain" });

    expect(field(reading, "inputs")).toEqual({ arguments: "plain" });
  });

  it("has the names of its own kind only", () => {
    const names = { "gen_ai.agent.name": "Planner", "gen_ai.tool.name": "search" };

    expect(read("invoke_agent", names).name).toBe("Planner");
    expect(read("execute_tool", names).name).toBe("search");
    expect(read("chat", names).name).toBeUndefined();
  });

  it("gives what was asked of a retrieval or a memory, and what was found", () => {
    const found = read("retrieval", {
      "gen_ai.retrieval.query.text": "tea",
      "gen_ai.data_source.id": "shop",
      "gen_ai.retrieval.documents": '[{"id":"d1","score":0.5}]',
    });
    const remembered = read("search_memory", {
      "gen_ai.memory.query.text": "tea",
      "gen_ai.memory.records": [{ content: "likes tea" }],
    });
    const written = read("create_memory", {
      "gen_ai.memory.store.id": "m1",
      "gen_ai.memory.records": '[{"content":"likes tea"}]',
    });

    expect(field(found, "inputs")).toEqual({ query: "tea", data_source: "shop" });
    expect(field(found, "output")).toBe('[{"id":"d1","score":0.5}]');
    expect(field(remembered, "inputs")).toEqual({ query: "tea" });
    expect(field(remembered, "output")).toBe('[{"content":"likes tea"}]');
    expect(field(written, "inputs")).toEqual({ store: "m1", records: [{ content: "likes tea" }] });
  });

  it("that fetches a response counts no tokens", () => {
    const reading = read("fetch_response", {
      "gen_ai.usage.input_tokens": 12,
      "gen_ai.output.messages": '[{"role":"assistant","parts":[{"type":"text","content":"Ho"}]}]',
    });

    expect(reading.inference).toBe(false);
    expect(field(reading, "output_message")).toEqual({ role: "assistant", content: "Ho" });
    expect(reading.fields.prompt_tokens).toBeUndefined();
  });

  it("gives an embedding's model and size as its tool", () => {
    const reading = read("embeddings", {
      "gen_ai.request.model": "embed-3",
      "gen_ai.provider.name": "openai",
      "gen_ai.embeddings.dimension.count": 512,
      "gen_ai.request.encoding_formats": ["float"],
    });

    expect(field(reading, "tool")).toEqual({
      function: { name: "embeddings", description: "" },
      attributes: {
        model: "embed-3",
        provider: "openai",
        other: { dimensions: 512, encoding_formats: ["float"] },
      },
    });
  });

  it("gives tokens by modality, ids and what else there is", () => {
    const reading = read("chat", {
      "gen_ai.response.id": "r1",
      "gen_ai.usage.audio.input_tokens": 3,
      "gen_ai.usage.text.cache_read.input_tokens": 2,
      "gen_ai.request.previous_response.id": "r0",
      "gen_ai.prompt.version": "v2",
      "gen_ai.request.stream": true,
      "gen_ai.output.type": "image",
    });

    expect(meta(reading, "usage")).toEqual({ audio_input: 3, text_cache_read_input: 2 });
    expect(meta(reading, "response_id")).toBe("r1");
    expect(field(reading, "metadata")).toEqual({
      previous_response_id: "r0",
      prompt_version: "v2",
    });
    expect(field(reading, "prompt")).toMatchObject({
      other: { stream: true, output_type: "image" },
    });
  });

  it("gives session and user", () => {
    const reading = read("chat", { "gen_ai.conversation.id": "c1", "user.id": "ada" });

    expect(field(reading, "session_id")).toBe("c1");
    expect(field(reading, "user")).toBe("ada");
  });

  it("takes the conversation's id for the session's, else the id of any session", () => {
    const both = read("chat", { "gen_ai.conversation.id": "c1", "session.id": "s1" });
    const one = read("chat", { "session.id": "s1" });

    expect(both.fields.session_id).toBe('"c1"');
    expect(one.fields.session_id).toBe('"s1"');
  });

  const exception = {
    name: "exception",
    attributes: { "exception.type": "RateLimit", "exception.message": "slow down" },
  };
  it.each([
    [
      "its exception",
      { events: [exception], status: { code: 2, message: "x" } },
      "RateLimit: slow down",
    ],
    ["its status", { status: { code: 2, message: "timeout" } }, "timeout"],
    [
      "its error type",
      { status: { code: 2 }, attributes: { "gen_ai.operation.name": "chat", "error.type": "500" } },
      "500",
    ],
    ["nothing but the status", { status: { code: 2 } }, "error"],
    ["no status", { status: { code: 1 } }, undefined],
  ])("gives its error by %s", (_, more, expected) => {
    const reading = read("chat", {}, more);

    expect(field(reading, "error")).toBe(expected);
    expect(meta(reading, "outcome")).toBe(expected === undefined ? undefined : "error");
  });

  it("is masked and cut like our own content", () => {
    const messages = [{ role: "user", parts: [{ type: "text", content: "tea ".repeat(500) }] }];
    const view = foreign("chat", 1, undefined, {
      "gen_ai.input.messages": messages,
      "gen_ai.system_instructions": "key sk-abcdefghijklmnopqrstuvwx",
    });
    const mask = (text: string): string => text.replaceAll("tea", "***");
    const reading = readSpan(view, { maxFieldBytes: 500, mask });

    expect(reading?.fields.messages).not.toMatch(/tea|sk-abc/);
    expect(reading?.fields.messages?.length).toBeLessThan(700);
    expect(reading?.meta.truncated).toContain("messages");
  });

  it("keeps what it can't read as plain input and output, and says so", () => {
    const reading = read("chat", {
      "gen_ai.input.messages": "{broken",
      "gen_ai.output.messages": [null, 3],
      "gen_ai.tool.definitions": { a: 1 },
      "gen_ai.usage.input_tokens": "many",
    });

    expect(field(reading, "prompt")).toEqual({ model: "unknown", endpoint: "chat" });
    expect(field(reading, "inputs")).toEqual({ input: "{broken" });
    expect(field(reading, "output")).toBe("[null,3]");
    expect(Object.keys(reading.fields)).toEqual(["prompt", "inputs", "output"]);
    expect(meta(reading, "unreadable")).toEqual([
      "gen_ai.input.messages",
      "gen_ai.output.messages",
      "gen_ai.usage.input_tokens",
    ]);
  });
});
