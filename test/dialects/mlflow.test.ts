import { describe, expect, it } from "vitest";
import { readLog } from "./reading.ts";

const CHAT = {
  "mlflow.spanType": '"CHAT_MODEL"',
  "mlflow.llm.model": '"gpt-4o"',
  "mlflow.llm.provider": '"openai"',
};

describe("an MLflow span", () => {
  it.each([
    ["LLM", "prompt", true],
    ["CHAT_MODEL", "prompt", true],
    ["EMBEDDING", "tool", true],
    ["TOOL", "tool", false],
    ["RETRIEVER", "tool", false],
    ["RERANKER", "tool", false],
    ["AGENT", "flow", false],
    ["CHAIN", "flow", false],
    ["UNKNOWN", "flow", false],
    ["MY_TYPE", "flow", false],
    ["PARSER", undefined, false],
    ["MEMORY", undefined, false],
  ])("of the type %s is a %s, quoted as JSON or not", (type, kind, inference) => {
    expect(readLog({ "mlflow.spanType": JSON.stringify(type) })).toMatchObject({
      type: kind,
      inference,
    });
    expect(readLog({ "mlflow.spanType": type }).type).toBe(kind);
  });

  it("of a model's call gives the request and response that stand in it whole", () => {
    const log = readLog({
      ...CHAT,
      "mlflow.spanInputs": JSON.stringify({
        messages: [{ role: "user", content: "Hi" }],
        temperature: 0.5,
      }),
      "mlflow.spanOutputs": JSON.stringify({
        id: "chatcmpl-1",
        choices: [{ message: { role: "assistant", content: "Hello." }, finish_reason: "stop" }],
      }),
      "mlflow.chat.tokenUsage":
        '{"input_tokens":100,"output_tokens":3,"cache_read_input_tokens":90}',
      "mlflow.chat.tools": '[{"type":"function","function":{"name":"weather"}}]',
      "mlflow.llm.cost": '{"input_cost":0.5,"output_cost":1,"total_cost":1.5}',
    });

    expect(log.fields).toMatchObject({
      prompt: {
        model: "gpt-4o",
        provider: "openai",
        temperature: 0.5,
        tools: [{ name: "weather", description: "" }],
      },
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello." },
      finish_reason: "stop",
      prompt_tokens: 100,
      output_tokens: 3,
      prompt_cost: 0.5,
      output_cost: 1,
    });
    expect(log.meta.usage).toEqual({ cached: 90, total_cost: 1.5 });
  });

  it.each(["mlflow.llm.provider", "mlflow.message.format"])(
    "of Anthropic, by %s, has its cached tokens beside the prompt's",
    (name) => {
      const log = readLog({
        "mlflow.spanType": '"CHAT_MODEL"',
        [name]: '"anthropic"',
        "mlflow.chat.tokenUsage":
          '{"input_tokens":100,"cache_read_input_tokens":90,"cache_creation_input_tokens":5}',
      });

      expect(log.fields.prompt_tokens).toBe(195);
    },
  );

  it("of a function has its name, what it took and what it gave", () => {
    const log = readLog(
      {
        "mlflow.spanType": '"TOOL"',
        "mlflow.spanFunctionName": '"weather"',
        "mlflow.spanInputs": '{"city":"Rome"}',
        "mlflow.spanOutputs": '"Sunny."',
        "mlflow.trace.session": '"s1"',
        "mlflow.trace.user": "u1",
        "mlflow.traceTag.plan": "pro",
      },
      { name: "weather_1" },
    );

    expect(log).toMatchObject({ type: "tool", name: "weather_1" });
    expect(log.fields).toEqual({
      tool: { function: { name: "weather", description: "" } },
      inputs: { city: "Rome" },
      output: "Sunny.",
      session_id: "s1",
      user: "u1",
      metadata: { plan: "pro" },
    });
  });

  it("keeps cut inputs' text and names them", () => {
    const log = readLog({ "mlflow.spanType": '"TOOL"', "mlflow.spanInputs": '{"city":"Ro' });

    expect(log.fields.inputs).toEqual({ input: '{"city":"Ro' });
    expect(log.meta.unreadable).toEqual(["mlflow.spanInputs"]);
  });
});
