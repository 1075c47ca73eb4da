import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMessage } from "../../src/base/chat-message.ts";
import type { SpanEvent } from "../../src/base/span-view.ts";
import { genAi } from "../../src/dialects/gen-ai.ts";
import { genAiOld } from "../../src/dialects/gen-ai-old.ts";
import { googleAdk } from "../../src/dialects/google-adk.ts";
import { readSpan } from "../../src/dialects/index.ts";
import { openInference } from "../../src/dialects/openinference.ts";
import { sentry } from "../../src/dialects/sentry.ts";
import { traceloop } from "../../src/dialects/traceloop.ts";
import { span } from "../assemble/spans.ts";
import { readLog } from "./reading.ts";

/** Names that some dialect reads, whole and with hostile numbers. */
const NAMES = [
  "gen_ai.operation.name",
  "gen_ai.request.model",
  "gen_ai.system",
  "gen_ai.system_instructions",
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.tool.definitions",
  "gen_ai.tool.call.arguments",
  "gen_ai.usage.input_tokens",
  "gen_ai.response.finish_reasons",
  "gen_ai.response.text",
  "gen_ai.response.tool_calls",
  "gen_ai.prompt",
  "gen_ai.completion",
  "gen_ai.prompt.0.role",
  "gen_ai.prompt.0.content",
  "gen_ai.prompt.__proto__.role",
  "gen_ai.completion.999999999.tool_calls.88888888.name",
  "gcp.vertex.agent.llm_request",
  "gcp.vertex.agent.llm_response",
  "openinference.span.kind",
  "llm.input_messages",
  "llm.input_messages.999999999.message.role",
  "llm.input_messages.0.message.contents.__proto__.message_content.text",
  "llm.output_messages.0.message.tool_calls.0.tool_call.function.name",
  "llm.invocation_parameters",
  "llm.tools.0.tool.json_schema",
  "llm.token_count.prompt",
  "retrieval.documents.0.document.metadata",
  "input.value",
  "output.value",
  "metadata",
  "traceloop.span.kind",
  "traceloop.entity.input",
  "traceloop.association.properties.__proto__",
  "ai.operationId",
  "ai.prompt.messages",
  "langfuse.observation.type",
  "langfuse.observation.input",
  "langsmith.span.kind",
  "braintrust.span_attributes",
  "braintrust.metadata.__proto__",
  "braintrust.metrics",
  "braintrust.output_json",
  "lmnr.span.type",
  "mlflow.spanType",
  "mlflow.spanInputs",
  "request_data",
] as const;

const DIALECTS = [genAi, genAiOld, googleAdk, openInference, sentry, traceloop];

const KINDS = ["chat", "embeddings", "execute_tool", "invoke_agent", "LLM", "TOOL", "CHAIN"];

const text = fc.oneof(
  fc.constantFrom(...KINDS),
  fc.string(),
  fc.json(),
  // What an exporter has cut.
  fc.json().map((json) => json.slice(0, -1)),
  fc.constantFrom('[{"role":"user","content":[', '{"messages":[{"role":null}]}', '{"__proto__":1}'),
);

const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.double(),
  fc.boolean(),
  fc.array(text, { maxLength: 3 }),
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
);

const attributes = fc.dictionary(fc.oneof(fc.constantFrom(...NAMES), fc.string()), value, {
  maxKeys: 15,
});

const events: fc.Arbitrary<SpanEvent> = fc.record({
  name: fc.constantFrom(
    "exception",
    "gen_ai.choice",
    "gen_ai.user.message",
    "gen_ai.content.prompt",
    "gen_ai.client.inference.operation.details",
  ),
  attributes: attributes.map((given) => given as Record<string, unknown>),
});

describe("a span with any attributes at all", () => {
  it("is read without throwing, as fields that a server takes", () => {
    fc.assert(
      fc.property(attributes, fc.array(events, { maxLength: 3 }), (given, happened) => {
        const logEvents = happened.map((event) => ({ ...event, body: event.attributes }));
        const view = span(1, undefined, { attributes: given, events: happened, logEvents });
        const reading = readSpan(view, { maxFieldBytes: 2_000, mask: undefined });

        // One that throws would be passed over, and its fields with it.
        for (const dialect of DIALECTS) expect(() => dialect.read(view)).not.toThrow();
        for (const json of Object.values({ ...reading?.fields, ...reading?.meta })) {
          expect(() => JSON.parse(json) as unknown).not.toThrow();
        }
        const { messages = "[]", output_message: answer, inputs = "{}" } = reading?.fields ?? {};
        expect((JSON.parse(messages) as unknown[]).every(isMessage)).toBe(true);
        if (answer !== undefined) expect(isMessage(JSON.parse(answer))).toBe(true);
        expect(inputs.startsWith("{")).toBe(true);
        expect(Object.prototype).not.toHaveProperty("polluted");
      }),
      { numRuns: 500 },
    );
  });

  it("keeps a cut list of messages as text, and names it", () => {
    const cut = '[{"role":"user","content":"a long sto';
    const log = readLog({ "gen_ai.operation.name": "chat", "gen_ai.input.messages": cut });

    expect(log.fields.inputs).toEqual({ input: cut });
    expect(log.meta.unreadable).toEqual(["gen_ai.input.messages"]);
  });

  it("costs no more for a huge number in a name", () => {
    const log = readLog({
      "openinference.span.kind": "LLM",
      "llm.input_messages.999999999.message.role": "user",
      "llm.input_messages.999999999.message.content": "last",
      "llm.input_messages.3.message.content": "first",
      "llm.input_messages.__proto__.message.content": "never",
    });

    expect(log.fields.messages).toEqual([
      { role: "assistant", content: "first" },
      { role: "user", content: "last" },
    ]);
  });

  it("is cut to the field's cap, however large", () => {
    const image = "A".repeat(20 * 1024 * 1024);
    const parts = [{ type: "blob", modality: "image", mime_type: "image/png", content: image }];
    const view = span(1, undefined, {
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": JSON.stringify([{ role: "user", parts }]),
      },
    });
    const reading = readSpan(view, { maxFieldBytes: 10_000, mask: undefined });

    expect(reading?.fields.messages?.length).toBeLessThan(11_000);
    expect(reading?.meta.truncated).toContain("messages");
  });

  it("is read where it is nested deeper than anybody looks", () => {
    const deep = `${'[{"role":"user","content":'.repeat(5_000)}"Hi"${"}]".repeat(5_000)}`;
    for (const name of ["gen_ai.input.messages", "gen_ai.tool.call.arguments", "gen_ai.prompt"]) {
      expect(readLog({ "gen_ai.operation.name": "chat", [name]: deep }).type).toBe("prompt");
    }
    for (const name of ["llm.input_messages", "input.value", "metadata", "output.value"]) {
      expect(readLog({ "openinference.span.kind": "LLM", [name]: deep }).type).toBe("prompt");
    }
  });
});
