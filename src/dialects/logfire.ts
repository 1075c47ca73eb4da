import type { SpanView } from "../base/span-view.ts";
import { asObject, asText } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { logfireAgentSpan } from "./logfire-agents.ts";
import { providerUsage } from "./provider-usage.ts";
import { requestPayload } from "./request-payload.ts";
import { responsePayload } from "./response-payload.ts";
import { SpanAttributes } from "./span-attributes.ts";

/**
 * Spans of Logfire's own integrations: the raw request and response of OpenAI's and Anthropic's clients in
 * `request_data` and `response_data`, and the runs of OpenAI's agents. Other spans of Logfire are logs only where
 * another dialect says so.
 *
 * @see https://logfire.pydantic.dev/docs/reference/configuration/
 */
export const logfire: Dialect = {
  roots: ["logfire"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    // Sent when a span starts, under an id of its own; the span itself follows.
    if (span.attributes["logfire.span_type"] === "pending_span") return { kind: "none" };
    const tags = attributes.texts("logfire.tags");
    return {
      ...(readModelCall(attributes) ??
        logfireAgentSpan(attributes) ??
        readReturn(attributes, span)),
      totalCost: attributes.number("operation.cost"),
      metadata: tags === undefined ? undefined : { tags },
      unreadable: attributes.unreadable,
    };
  },
};

/** How the message templates of calls begin, for its older versions say nothing else of a span's kind. */
const CALLS: readonly (readonly [RegExp, DialectReading])[] = [
  [/^Embedding/, { kind: "tool", operation: "embeddings", inference: true }],
  [/^Image Generation/, { kind: "tool", operation: "image_generation", inference: true }],
  [
    /^(?:Chat [Cc]ompletion|Completion|Message|Responses API|streaming response)/,
    { kind: "prompt", operation: "chat" },
  ],
];

function readModelCall(attributes: SpanAttributes): DialectReading | undefined {
  const template = attributes.text("logfire.msg_template") ?? "";
  const isNamed = attributes.has("gen_ai.system", "gen_ai.provider.name");
  const known = CALLS.find(([begin]) => begin.test(template))?.[1];
  const isCall =
    (isNamed && attributes.has("request_data", "response_data", "gen_ai.usage.raw")) ||
    (known !== undefined && asObject(attributes.json("request_data")) !== undefined);
  if (!isCall) return undefined;
  const request = asObject(attributes.json("request_data")) ?? {};
  const model = asText(request.model) ?? attributes.text("gen_ai.request.model");
  const { messages, parameters, toolChoice } = requestPayload(request, true);
  return {
    ...known,
    messages,
    toolChoice,
    kernel: { ...parameters, model },
    // Its inputs are texts or tokens.
    inputs: messages === undefined && "input" in request ? { input: request.input } : undefined,
    ...readResponse(attributes),
  };
}

function readResponse(attributes: SpanAttributes): DialectReading {
  const raw = attributes.json("gen_ai.usage.raw");
  const data = attributes.json("response_data");
  const response = asObject(data);
  if (response === undefined)
    return { ...(data !== undefined && { output: data }), ...providerUsage(raw) };
  const answer = response.message ?? response.combined_chunk_content ?? response.text;
  return {
    ...(answer === undefined ? {} : responsePayload(answer, true)),
    ...providerUsage(raw ?? response.usage),
  };
}

/** What an instrumented function returned, for a span that another dialect knows. */
function readReturn(attributes: SpanAttributes, { attributes: all }: SpanView): DialectReading {
  return all.return === undefined ? {} : { output: attributes.json("return") };
}
