import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

const GENERATION = {
  "langfuse.observation.type": "generation",
  "langfuse.observation.model.name": "gpt-4o-2024-08-06",
};

describe("a Langfuse observation", () => {
  it.each([
    ["generation", "prompt", true],
    ["embedding", "tool", true],
    ["tool", "tool", false],
    ["retriever", "tool", false],
    ["agent", "flow", false],
    ["chain", "flow", false],
    ["span", "flow", false],
    ["guardrail", "flow", false],
    ["event", undefined, false],
    ["something-new", undefined, false],
    ["constructor", undefined, false],
  ])("of the type %s is a %s", (type, expected, inference) => {
    const log = readLog({ "langfuse.observation.type": type });

    expect(log).toMatchObject({ type: expected, inference });
  });

  it("gives a generation's request and answer", () => {
    const log = readLog(
      {
        ...GENERATION,
        "langfuse.observation.input": JSON.stringify({
          messages: [{ role: "user", content: "Weather?" }],
          tools: [{ type: "function", function: { name: "weather" } }],
          tool_choice: "auto",
        }),
        "langfuse.observation.output": '{"role":"assistant","content":"Sunny."}',
        "langfuse.observation.model.parameters": '{"temperature":1,"top_p":"0.2","stop":""}',
        "langfuse.observation.metadata.ls_provider": "openai",
        "langfuse.observation.completion_start_time": '"2026-11-22T00:00:01.250Z"',
      },
      { startTime: [Date.UTC(2026, 10, 22) / 1000, 0] },
    );

    expect(log.fields).toMatchObject({
      prompt: {
        model: "gpt-4o-2024-08-06",
        provider: "openai",
        temperature: 1,
        top_p: 0.2,
        tools: [{ name: "weather", description: "" }],
      },
      messages: [{ role: "user", content: "Weather?" }],
      output_message: { role: "assistant", content: "Sunny." },
      tool_choice: "auto",
    });
    expect(log.meta.time_to_first_token_seconds).toBe(1.25);
  });

  it.each([
    ["a text", "Hi", '"Hello."'],
    [
      "a list of messages",
      '[{"role":"user","content":"Hi"}]',
      '[{"role":"assistant","content":"Hello."}]',
    ],
    [
      "LangChain's messages",
      '[{"type":"human","content":"Hi"}]',
      '{"type":"ai","content":"Hello."}',
    ],
    [
      "Anthropic's",
      '{"messages":[{"role":"user","content":"Hi"}]}',
      '{"role":"assistant","content":[{"type":"text","text":"Hello."}]}',
    ],
  ])("has messages where it was given %s", (_, input, output) => {
    const log = readLog({
      ...GENERATION,
      "langfuse.observation.input": input,
      "langfuse.observation.output": output,
    });

    expect(log.fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello." },
    });
  });

  it("gives a tool's answer under LangChain its role and its call", () => {
    const called = { id: "c1", type: "function", function: { name: "weather", arguments: "{}" } };
    const log = readLog({
      ...GENERATION,
      "langfuse.observation.input": JSON.stringify([
        { role: "assistant", content: "", tool_calls: [called] },
        { role: "weather", content: "Sunny." },
      ]),
    });

    expect(log.fields.messages).toEqual([
      { role: "assistant", content: "", tool_calls: [called] },
      { role: "tool", name: "weather", tool_call_id: "c1", content: "Sunny." },
    ]);
  });

  it("leaves a user's message a user's, though a tool is called so", () => {
    const calls = [{ id: "c1", type: "function", function: { name: "user", arguments: "{}" } }];
    const messages = [
      { role: "assistant", content: "", tool_calls: calls },
      { role: "user", content: "Hi" },
    ];
    const input = JSON.stringify(messages);

    expect(readLog({ ...GENERATION, "langfuse.observation.input": input }).fields.messages).toEqual(
      messages,
    );
  });

  it("takes a function's arguments and result as they are", () => {
    const log = readLog(
      {
        "langfuse.observation.type": "span",
        "langfuse.observation.input": '{"args":["Rome"],"kwargs":{}}',
        "langfuse.observation.output": "Sunny.",
      },
      { name: "handle" },
    );

    expect(log).toMatchObject({ type: "flow", name: "handle" });
    expect(log.fields).toMatchObject({ inputs: { args: ["Rome"], kwargs: {} }, output: "Sunny." });
  });

  it("keeps the size alone of an embedding's vectors, and the numbers of other tools", () => {
    const numbers = JSON.stringify(Array.from({ length: 24 }, (_, hour) => hour));
    const output = (type: string): unknown =>
      readLog({ "langfuse.observation.type": type, "langfuse.observation.output": numbers }).fields
        .output;

    expect(output("embedding")).toBe("[vector 24]");
    expect(output("tool")).toBe(numbers);
  });

  it("is an error where its level says so, though the span's status does not", () => {
    const log = readLog({
      ...GENERATION,
      "langfuse.observation.level": "ERROR",
      "langfuse.observation.status_message": "rate limited",
    });

    expect(log.fields.error).toBe("rate limited");
    expect(log.meta.outcome).toBe("error");
  });

  it("keeps what is said of the trace", () => {
    const log = readLog({
      ...GENERATION,
      "session.id": "s1",
      "user.id": "u1",
      "langfuse.environment": "staging",
      "langfuse.release": "v1",
      "langfuse.trace.tags": ["a"],
      "langfuse.trace.metadata.plan": "pro",
      "langfuse.observation.metadata.step": '{"number":2}',
      "langfuse.observation.metadata": "a note",
      "langfuse.observation.prompt.name": "answer",
      "langfuse.observation.prompt.version": 3,
      "langfuse.observation.level": "WARNING",
      "langfuse.observation.status_message": "slow",
    });

    expect(log.name).toBe("answer");
    expect(log.fields).toMatchObject({
      session_id: "s1",
      user: "u1",
      environment: "staging",
      metadata: {
        plan: "pro",
        step: { number: 2 },
        metadata: "a note",
        tags: ["a"],
        prompt_version: 3,
        release: "v1",
        level: "WARNING",
        status_message: "slow",
      },
    });
  });

  it("takes no name that holds the model or an id", () => {
    const nameOf = (name: string): string | undefined => readLog(GENERATION, { name }).name;

    expect(nameOf("chat gpt-4o")).toBeUndefined();
    expect(nameOf("run 0af7651916cd43dd8448eb211c80319c")).toBeUndefined();
    expect(nameOf("summarise")).toBe("summarise");
    expect(nameOf("plan g")).toBe("plan g");
  });

  it("adds to another dialect's span without saying what it is", () => {
    const log = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.usage.input_tokens": 5,
      "langfuse.session.id": "s1",
      "langfuse.observation.input": '[{"role":"user","content":"Hi"}]',
    });

    expect(log).toMatchObject({ type: "prompt", inference: true });
    expect(log.fields).toMatchObject({
      session_id: "s1",
      prompt_tokens: 5,
      messages: [{ role: "user", content: "Hi" }],
    });
  });

  it.each([
    ["input", '[{"role":"us'],
    ["output", '{"role":"assi'],
    ["usage_details", '{"input":1'],
    ["model.parameters", '{"temperature":'],
  ])("names a cut %s and stays a Prompt", (name, cut) => {
    const log = readLog({ ...GENERATION, [`langfuse.observation.${name}`]: cut });

    expect(log.type).toBe("prompt");
    expect(log.meta.unreadable).toEqual([`langfuse.observation.${name}`]);
    if (name === "input") expect(JSON.stringify(log.fields.messages)).toContain("us");
    if (name === "output") expect(JSON.stringify(log.fields.output_message)).toContain("assi");
  });
});

describe("Langfuse's usage", () => {
  it.each([
    [
      "a total of all types",
      { input: 10, input_cache_read: 90, output: 5, output_reasoning: 20, total: 125 },
      100,
      25,
    ],
    [
      "no total, so that the types are apart",
      { input: 10, input_cached_tokens: 90, output: 5 },
      100,
      5,
    ],
    [
      "a total of the two alone, so that the others are parts",
      { input: 100, input_cached_tokens: 90, output: 5, total: 105 },
      100,
      5,
    ],
    [
      "Anthropic's words",
      { input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 5 },
      100,
      5,
    ],
    [
      "OpenAI's own object",
      { prompt_tokens: 100, completion_tokens: 25, prompt_tokens_details: { cached_tokens: 90 } },
      100,
      25,
    ],
    ["numbers as text", { input: "10", output: "5" }, 10, 5],
  ])("is read with %s", (_, usage, prompt, output) => {
    const log = readLog({
      ...GENERATION,
      "langfuse.observation.usage_details": JSON.stringify(usage),
    });

    expect(log.fields).toMatchObject({ prompt_tokens: prompt, output_tokens: output });
  });

  it("has costs by the same types", () => {
    const log = readLog({
      ...GENERATION,
      "langfuse.observation.cost_details":
        '{"input":0.25,"input_cache_read":0.25,"output":1,"total":1.5}',
    });

    expect(log.fields).toMatchObject({ prompt_cost: 0.5, output_cost: 1 });
    expect(log.meta.usage).toMatchObject({ total_cost: 1.5 });
  });
});
