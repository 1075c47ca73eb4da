import { ATTR_OPERATION_NAME } from "../base/attributes.ts";
import type { SpanView } from "../base/span-view.ts";
import { asList } from "./attribute-values.ts";
import { type ChatMessage, chatMessage, chatMessages, contentMessages } from "./chat-messages.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { requestPayload } from "./request-payload.ts";
import { SpanAttributes } from "./span-attributes.ts";

/**
 * What Sentry's agent monitoring writes beside OpenTelemetry's own names. Its names for tokens,
 * costs and tools are read with those.
 *
 * @see https://develop.sentry.dev/sdk/telemetry/traces/modules/ai-agents/
 */
export const sentry: Dialect = {
  roots: ["gen_ai"],
  read(span): DialectReading {
    const attributes = new SpanAttributes(span.attributes);
    const operation = attributes.text(ATTR_OPERATION_NAME);
    return {
      // `invoke_agent` and the rest are the conventions' own.
      kind: operation === "handoff" ? "none" : undefined,
      ...readInput(attributes),
      ...readAnswer(attributes),
      name: attributes.text("gen_ai.function_id"),
      metadata: readMetadata(attributes),
      timeToFirstTokenSeconds: firstTokenSeconds(attributes, span),
      unreadable: attributes.unreadable,
    };
  },
};

function readInput(attributes: SpanAttributes): DialectReading {
  const given = attributes.json("gen_ai.request.messages");
  if (given === undefined) return {};
  const { messages, inputs } = requestPayload(given, true);
  const system = contentMessages("system", attributes.text("gen_ai.system.message"));
  return { messages: messages && [...system, ...messages], inputs };
}

function readAnswer(attributes: SpanAttributes): DialectReading {
  const given = attributes.json("gen_ai.response.text");
  const calls = asList(attributes.json("gen_ai.response.tool_calls"));
  const output = attributes.json("gen_ai.response.object");
  // Of several answers, a list of their texts.
  const [text] = Array.isArray(given) ? given : [given];
  const said = chatMessages(given)?.[0] ?? chatMessage({ role: "assistant", content: text });
  const message: ChatMessage | undefined = chatMessage({ ...said, tool_calls: calls });
  return given === undefined && calls.length === 0
    ? { output }
    : { outputMessage: message, output };
}

function readMetadata(attributes: SpanAttributes): DialectReading["metadata"] {
  const pipeline = attributes.text("gen_ai.pipeline.name");
  return pipeline === undefined ? undefined : { pipeline };
}

/** In seconds; others write milliseconds or nanoseconds by the same name, which last longer than the span. */
function firstTokenSeconds(attributes: SpanAttributes, span: SpanView): number | undefined {
  const seconds = attributes.number("gen_ai.response.time_to_first_token");
  const { startTime, endTime } = span;
  if (seconds === undefined || endTime === undefined) return undefined;
  const lasted = endTime[0] - startTime[0] + (endTime[1] - startTime[1]) / 1e9;
  return seconds <= lasted ? seconds : undefined;
}
