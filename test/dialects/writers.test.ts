import { describe, expect, it } from "vitest";
import { assemble } from "../../src/assemble/index.ts";
import type { SpanEvent } from "../../src/base/span-view.ts";
import { span, values } from "../assemble/spans.ts";
import { readLog } from "./reading.ts";

const CALLED = {
  id: "call_1",
  type: "function",
  function: { name: "weather", arguments: '{"city":"Oslo"}' },
};

function event(name: string, attributes: SpanEvent["attributes"]): SpanEvent {
  return { name, attributes };
}

describe("a span of Microsoft's agent framework", () => {
  const part = { type: "tool_call", id: "call_1", name: "weather", arguments: { city: "Oslo" } };
  const answer = { type: "tool_call_response", id: "call_1", response: "mild" };

  it("gives an agent's last message as its answer, and the others before it", () => {
    const { fields } = readLog({
      "gen_ai.operation.name": "invoke_agent",
      "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
      "gen_ai.output.messages": JSON.stringify([
        { role: "assistant", parts: [part] },
        { role: "tool", parts: [answer] },
        { role: "assistant", parts: [{ type: "text", content: "Mild." }] },
      ]),
    });

    expect(fields.output_message).toEqual({ role: "assistant", content: "Mild." });
    expect(fields.messages).toEqual([
      { role: "user", content: "Hi" },
      { role: "assistant", content: null, tool_calls: [CALLED] },
      { role: "tool", content: "mild", tool_call_id: "call_1" },
    ]);
  });

  it("says the instructions once where they are the first message, too", () => {
    const { fields } = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.system_instructions": '[{"type":"text","content":"Be brief."}]',
      "gen_ai.input.messages":
        '[{"role":"system","parts":[{"type":"text","content":"Be brief."}]},{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
    });

    expect(fields.messages).toEqual([
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hi" },
    ]);
  });

  it("makes no path of an id that stands for an agent's name", () => {
    const [log] = assemble([
      span(1, undefined, {
        attributes: {
          "gen_ai.operation.name": "invoke_agent",
          "gen_ai.agent.name": "5a1c4e0e-0000-4000-8000-1234567890ab",
        },
      }),
    ]);

    expect(log && values(log)).toMatchObject({ path: "shop/flow" });
  });

  it("leaves out thinking that is hidden", () => {
    const { fields } = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.output.messages": JSON.stringify([
        {
          role: "assistant",
          parts: [
            part,
            {
              type: "Microsoft.Extensions.AI.TextReasoningContent",
              content: { text: "", protectedData: "x" },
            },
          ],
        },
      ]),
    });

    expect(fields.output_message).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [CALLED],
    });
  });
});

describe("a Pydantic AI call", () => {
  it("gives the details of its usage, and the shape of its answer", () => {
    const schema = { type: "object", properties: { sum: { type: "number" } } };
    const { fields, meta } = readLog({
      "gen_ai.operation.name": "chat",
      "gen_ai.system": "google-gla",
      "gen_ai.request.model": "gemini-2.5-flash",
      "gen_ai.usage.details.thoughts_tokens": 12,
      "gen_ai.usage.details.cache_read_tokens": 3,
      "gen_ai.usage.input_tokens": 9,
      model_request_parameters: JSON.stringify({
        output_mode: "native",
        output_object: { json_schema: schema },
      }),
    });

    expect(meta.usage).toEqual({ reasoning: 12, cached: 3 });
    expect(fields.prompt).toMatchObject({
      provider: "google",
      response_format: { type: "json_schema", json_schema: schema },
    });
  });
});

describe("a Pydantic AI run", () => {
  it.each(["type", "kind"])("has images by their URLs, of the %s image-url", (key) => {
    const { fields } = readLog({
      agent_name: "helper",
      "pydantic_ai.all_messages": JSON.stringify([
        { role: "user", content: [{ [key]: "image-url", url: "https://shop.test/a.png" }] },
      ]),
    });

    expect(fields.messages).toEqual([
      {
        role: "user",
        content: [{ type: "image_url", image_url: { url: "https://shop.test/a.png" } }],
      },
    ]);
  });
});

describe("a span of Logfire's older integrations", () => {
  it.each([
    ["Chat Completion with {request_data[model]!r}", "prompt"],
    ["streaming response from {request_data[model]!r}", "prompt"],
    ["Embedding Creation with {request_data[model]!r}", "tool"],
    ["Image Generation with {request_data[model]!r}", "tool"],
    ["Reading {path}", undefined],
  ])("with the template %j is a %s", (template, type) => {
    const log = readLog({
      "logfire.msg_template": template,
      request_data: '{"model":"m","messages":[{"role":"user","content":"Hi"}]}',
    });

    expect(log.type).toBe(type);
  });

  it("reads events without names, as of Google's SDK", () => {
    const { fields } = readLog({
      "logfire.msg": "generate_content m",
      "gen_ai.operation.name": "chat",
      events: JSON.stringify([
        { role: "user", content: "Hi" },
        {
          index: 0,
          finish_reason: "STOP",
          message: { role: "assistant", content: ["Hello", "there"] },
        },
      ]),
    });

    expect(fields.messages).toEqual([{ role: "user", content: "Hi" }]);
    expect(fields.output_message).toEqual({ role: "assistant", content: "Hello\nthere" });
  });

  it("gives the arguments and the result of a function that Google's SDK called", () => {
    const { fields } = readLog({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "weather",
      "code.function.parameters.city.type": "str",
      "code.function.parameters.city.value": "Oslo",
      "code.function.return.value": "mild",
    });

    expect(fields).toMatchObject({ inputs: { city: "Oslo" }, output: "mild" });
  });

  it("has failed where it names an error's type, whatever its status", () => {
    const { fields } = readLog({
      "gen_ai.operation.name": "execute_tool",
      "error.type": "Refused",
    });

    expect(fields.error).toBe("Refused");
  });

  it("gives what a response of the agents' SDK was asked for with", () => {
    const { fields, meta } = readLog({
      "logfire.msg_template": "Responses API with {gen_ai.request.model!r}",
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "m",
      events: '[{"event.name":"gen_ai.user.message","role":"user","content":"Hi"}]',
      response: JSON.stringify({
        id: "resp_1",
        temperature: 0.5,
        tools: [{ type: "function", name: "weather", parameters: {} }],
        usage: { input_tokens: 4, output_tokens: 2 },
      }),
    });

    expect(meta.response_id).toBe("resp_1");
    expect(fields).toMatchObject({
      prompt: { temperature: 0.5, tools: [{ name: "weather" }] },
      prompt_tokens: 4,
      output_tokens: 2,
    });
  });
});

describe("a span of Strands Agents", () => {
  const turn = [
    event("gen_ai.user.message", { content: '[{"text": "Hi"}]' }),
    event("gen_ai.choice", {
      finish_reason: "tool_use",
      message:
        '[{"text": "Let me see."}, {"toolUse": {"toolUseId": "call_1", "name": "weather", "input": {"city": "Oslo"}}}]',
    }),
  ];

  it("has Bedrock's parts in its events", () => {
    const { fields } = readLog({ "gen_ai.operation.name": "chat" }, { events: turn });

    expect(fields.messages).toEqual([{ role: "user", content: "Hi" }]);
    expect(fields.output_message).toEqual({
      role: "assistant",
      content: "Let me see.",
      tool_calls: [CALLED],
    });
  });

  it("is no call where it only repeats a call's events", () => {
    const log = readLog(
      { "event_loop.cycle_id": "1", "gen_ai.event.start_time": "2026-11-22T00:00:01Z" },
      { events: turn },
    );

    expect(log.type).toBeUndefined();
  });

  it("gives a tool's arguments and answer", () => {
    const { fields } = readLog(
      { "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "weather" },
      {
        events: [
          event("gen_ai.tool.message", { role: "tool", content: '{"city":"Oslo"}', id: "call_1" }),
          event("gen_ai.choice", { message: '[{"text": "mild"}]', id: "call_1" }),
        ],
      },
    );

    expect(fields).toMatchObject({ inputs: { city: "Oslo" }, output: "mild" });
  });
});

describe("a span of Langfuse's LangChain handler for Python", () => {
  it("has the tools in its kernel, not among its messages, and the calls in its answer", () => {
    const { fields } = readLog({
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": "m",
      "langfuse.observation.input": JSON.stringify([
        { role: "user", content: "Hi" },
        { role: "tool", content: { type: "function", function: { name: "weather" } } },
      ]),
      "langfuse.observation.output": JSON.stringify({
        role: "assistant",
        content: "",
        additional_kwargs: { tool_calls: [CALLED], refusal: null },
      }),
    });

    expect(fields.messages).toEqual([{ role: "user", content: "Hi" }]);
    expect(fields.prompt).toMatchObject({ tools: [{ name: "weather" }] });
    expect(fields.output_message).toEqual({
      role: "assistant",
      content: "",
      tool_calls: [CALLED],
    });
  });

  it("makes no path of a raw URL", () => {
    const log = readLog(
      { "langfuse.observation.type": "span" },
      { name: "GET https://shop.test/users" },
    );

    expect(log.name).toBeUndefined();
  });
});

describe("an OpenInference call", () => {
  const CALL = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o-2024-08-06",
    "llm.invocation_parameters": '{"model":"gpt-4o","stop":[]}',
    "llm.output_messages.0.message.role": "assistant",
  };

  it("has the request's model where the parameters tell it, and LangChain's provider", () => {
    const { fields, meta } = readLog({ ...CALL, metadata: '{"ls_provider":"openai"}' });

    expect(fields.prompt).toEqual({ model: "gpt-4o", endpoint: "chat", provider: "openai" });
    expect(meta.response_model).toBe("gpt-4o-2024-08-06");
  });

  it("gives a refusal, which the raw response alone has", () => {
    const message = { role: "assistant", content: null, refusal: "No." };
    const { fields } = readLog({
      ...CALL,
      "output.value": JSON.stringify({ choices: [{ message, finish_reason: "stop" }] }),
    });

    expect(fields.output_message).toEqual(message);
  });

  it("reads a response that stands alone in a list, and Gemini's numbers for reasons", () => {
    const { fields, meta } = readLog({
      "openinference.span.kind": "LLM",
      "output.value": JSON.stringify([
        {
          candidates: [{ content: { parts: [{ text: "Hello" }] }, finish_reason: 1 }],
          model_version: "gemini-2.5-flash-001",
        },
      ]),
    });

    expect(fields).toMatchObject({
      output_message: { role: "assistant", content: "Hello" },
      finish_reason: "stop",
    });
    expect(meta.response_model).toBe("gemini-2.5-flash-001");
  });

  it("has calls that stand beside the parts of the content", () => {
    const { fields } = readLog({
      "openinference.span.kind": "LLM",
      "llm.output_messages.0.message.contents.0.message_content.type": "tool_use",
      "llm.output_messages.0.message.contents.0.tool_call.id": "call_1",
      "llm.output_messages.0.message.contents.0.tool_call.function.name": "weather",
      "llm.output_messages.0.message.contents.0.tool_call.function.arguments": '{"city":"Oslo"}',
    });

    expect(fields.output_message).toMatchObject({ role: "assistant", tool_calls: [CALLED] });
  });

  it("names an agent by OpenTelemetry's name of it, and a Flow's flat messages are its own", () => {
    const log = readLog({
      "openinference.span.kind": "AGENT",
      "gen_ai.agent.name": "helper",
      "llm.input_messages.0.message.role": "user",
      "llm.input_messages.0.message.content": "Hi",
    });

    expect(log).toMatchObject({
      name: "helper",
      fields: { messages: [{ role: "user", content: "Hi" }] },
    });
  });
});

describe("other frameworks' calls", () => {
  it("are Prompts by Semantic Kernel's operations and reasons", () => {
    const { type, fields } = readLog({
      "gen_ai.operation.name": "chat.completions",
      "gen_ai.response.finish_reason": "FinishReason.TOOL_CALLS",
    });

    expect(type).toBe("prompt");
    expect(fields.finish_reason).toBe("tool_calls");
  });

  it("have Spring AI's lists of texts as messages", () => {
    const { fields } = readLog(
      { "gen_ai.operation.name": "chat" },
      {
        events: [
          event("gen_ai.content.prompt", { "gen_ai.prompt": ["Hi"] }),
          event("gen_ai.content.completion", { "gen_ai.completion": ["Hello"] }),
        ],
      },
    );

    expect(fields).toMatchObject({
      messages: [{ role: "user", content: "Hi" }],
      output_message: { role: "assistant", content: "Hello" },
    });
  });

  it("have no unreadable attribute in an empty list, and Google's ADK its cached tokens", () => {
    const { meta } = readLog({
      "gen_ai.request.stop_sequences": [],
      "gcp.vertex.agent.llm_request": '{"model":"m","contents":[]}',
      "gcp.vertex.agent.llm_response": '{"usage_metadata":{"cached_content_token_count":2}}',
    });

    expect(meta).toEqual({ usage: { cached: 2 } });
  });

  it("are told by their own words where a writer calls their kind LLM in Traceloop's", () => {
    const { type } = readLog({
      "traceloop.span.kind": "LLM",
      "gen_ai.request.model": "m",
      "gen_ai.prompt.0.content": "Hi",
    });

    expect(type).toBe("prompt");
  });
});
