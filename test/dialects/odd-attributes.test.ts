import { describe, expect, it } from "vitest";
import { aiSdk } from "../../src/dialects/ai-sdk.ts";
import type { Dialect } from "../../src/dialects/dialect-reading.ts";
import { laminar } from "../../src/dialects/laminar.ts";
import { langfuse } from "../../src/dialects/langfuse.ts";
import { langSmith } from "../../src/dialects/langsmith.ts";
import { logfire } from "../../src/dialects/logfire.ts";
import { mlflow } from "../../src/dialects/mlflow.ts";
import { pydanticAi } from "../../src/dialects/pydantic-ai.ts";
import { span } from "../assemble/spans.ts";
import { readLog } from "./reading.ts";

type Attributes = Readonly<Record<string, unknown>>;

const MESSAGES = JSON.stringify([{ role: "user", content: [{ type: "text", text: "Hi" }] }]);
const REQUEST = `{"model":"gpt-4o","messages":${MESSAGES},"tools":[{"name":"weather"}]}`;
const RESPONSE =
  '{"choices":[{"message":{"role":"assistant","content":"Hello."}}],"usage":{"prompt_tokens":1}}';

/** A span of each writer that says all that its dialect reads. */
const SPANS: readonly (readonly [name: string, dialect: Dialect, attributes: Attributes])[] = [
  [
    "the AI SDK",
    aiSdk,
    {
      "ai.operationId": "ai.streamText.doStream",
      "ai.model.id": "gpt-4o",
      "ai.model.provider": "anthropic.messages",
      "ai.prompt.messages": MESSAGES,
      "ai.prompt.tools": ['{"name":"weather"}'],
      "ai.prompt.toolChoice": '{"type":"auto"}',
      "ai.settings.temperature": 1,
      "ai.response.text": "Hello.",
      "ai.response.object": '{"a":1}',
      "ai.response.toolCalls": '[{"toolCallId":"c1","toolName":"weather","input":"{}"}]',
      "ai.response.files": '[{"mediaType":"image/png","base64":"AQID"}]',
      "ai.response.providerMetadata": '{"anthropic":{"usage":{"input_tokens":1}}}',
      "ai.response.msToFirstChunk": 5,
      "ai.usage.inputTokens": 1,
      "ai.usage.totalTokens": 2,
      "ai.telemetry.metadata.tags": ["a"],
    },
  ],
  [
    "the AI SDK's embeddings",
    aiSdk,
    {
      "ai.operationId": "ai.embedMany.doEmbed",
      "ai.values": ['"a"'],
      "ai.embeddings": ["[0.1]"],
      "ai.documents": ["{}"],
      "ai.ranking": ["{}"],
    },
  ],
  [
    "Langfuse",
    langfuse,
    {
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": "gpt-4o",
      "langfuse.observation.input": REQUEST,
      "langfuse.observation.output": RESPONSE,
      "langfuse.observation.model.parameters": '{"temperature":1}',
      "langfuse.observation.usage_details": '{"input":1,"output":2,"total":3}',
      "langfuse.observation.cost_details": '{"input":1}',
      "langfuse.observation.completion_start_time": '"2026-11-22T00:00:00Z"',
      "langfuse.observation.level": "ERROR",
      "langfuse.observation.prompt.version": 1,
      "langfuse.trace.tags": ["a"],
      "langfuse.trace.metadata.a": "b",
    },
  ],
  [
    "Langfuse's embeddings",
    langfuse,
    {
      "langfuse.observation.type": "embedding",
      "langfuse.observation.input": '["a"]',
      "langfuse.observation.output": '{"data":[]}',
    },
  ],
  [
    "LangSmith",
    langSmith,
    {
      "langsmith.span.kind": "llm",
      "langsmith.trace.name": "answer",
      "gen_ai.prompt": REQUEST,
      "gen_ai.completion": RESPONSE,
      "langsmith.usage_metadata": '{"input_tokens":1,"input_token_details":{"cache_read":1}}',
      "langsmith.metadata.invocation_params": '{"model":"gpt-4o"}',
      "langsmith.metadata.thread_id": "t1",
      "langsmith.span.tags": "a, b",
    },
  ],
  [
    "Logfire",
    logfire,
    {
      "logfire.span_type": "span",
      "logfire.tags": ["LLM"],
      "logfire.msg_template": "Chat",
      "gen_ai.system": "openai",
      request_data: REQUEST,
      response_data: '{"message":{"role":"assistant","content":"Hello."}}',
      "gen_ai.usage.raw": '{"prompt_tokens":1}',
      "operation.cost": 1,
    },
  ],
  [
    "Logfire's agents",
    logfire,
    {
      "logfire.msg_template": "Responses API",
      events:
        '[{"event.name":"gen_ai.user.message","content":"Hi"},{"event.name":"gen_ai.choice"}]',
    },
  ],
  [
    "Pydantic AI",
    pydanticAi,
    { agent_name: "helper", "pydantic_ai.all_messages": MESSAGES, final_result: '{"a":1}' },
  ],
  [
    "Laminar",
    laminar,
    {
      "lmnr.span.type": "LLM",
      "lmnr.span.input": MESSAGES,
      "lmnr.span.output": RESPONSE,
      "lmnr.association.properties.session_id": "s1",
      "lmnr.association.properties.metadata.a": "b",
    },
  ],
  [
    "MLflow",
    mlflow,
    {
      "mlflow.spanType": '"LLM"',
      "mlflow.spanInputs": REQUEST,
      "mlflow.spanOutputs": RESPONSE,
      "mlflow.llm.model": '"gpt-4o"',
      "mlflow.chat.tokenUsage": '{"input_tokens":1}',
      "mlflow.chat.tools": "[]",
      "mlflow.llm.cost": '{"input_cost":1}',
      "mlflow.linkedPrompts": "[]",
    },
  ],
];

const ODD: readonly unknown[] = [
  0,
  -1,
  Number.NaN,
  true,
  "",
  "null",
  "[]",
  "{}",
  "[null]",
  '[{"role":7}]',
  '{"messages":[7],"choices":[7],"usage":7}',
  '{"__proto__":{"a":1},"constructor":7}',
  [],
  [null],
  [7, "{"],
  {},
  { messages: {} },
  `${"[".repeat(100_000)}${"]".repeat(100_000)}`,
];

describe.each(SPANS)("an odd attribute of %s", (_, dialect, attributes) => {
  const names = Object.keys(attributes);

  it.each(names)("makes the dialect throw in no form of %s", (name) => {
    for (const value of ODD) {
      const odd = span(1, undefined, { attributes: { ...attributes, [name]: value } });

      expect(() => dialect.read(odd)).not.toThrow();
    }
  });

  it("that is cut is named, wherever it is JSON and wherever it was cut", () => {
    const isJson = (value: unknown): value is string =>
      typeof value === "string" && /^\s*(?:\[\{"|\{")/.test(value);
    const cut = names.flatMap((name) => {
      const text = attributes[name];
      return isJson(text)
        ? [[name, text.slice(0, -1)] as const, [name, text.slice(0, 4)] as const]
        : [];
    });

    for (const [name, text] of cut) {
      const { unreadable } = readLog({
        ...attributes,
        "gen_ai.operation.name": "chat",
        [name]: text,
      }).meta;

      expect(unreadable).toContain(name);
    }
  });
});
