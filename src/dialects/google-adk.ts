import { asNumber, asObject } from "./attribute-values.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { requestPayload } from "./request-payload.ts";
import { responsePayload } from "./response-payload.ts";
import { SpanAttributes } from "./span-attributes.ts";

/**
 * Google's Agent Development Kit: the raw request and response of Gemini beside OpenTelemetry's
 * attributes. A call of a model names no operation there.
 *
 * @see https://google.github.io/adk-docs/observability/traces/
 */
export const googleAdk: Dialect = {
  roots: ["gcp"],
  read(span): DialectReading | undefined {
    const attributes = new SpanAttributes(span.attributes);
    const sessionId = attributes.text("gcp.vertex.agent.session_id");
    const request = asObject(attributes.json("gcp.vertex.agent.llm_request"));
    const isCall = request !== undefined && Object.keys(request).length > 0;
    return {
      ...(isCall ? readCall(attributes, request) : readTool(attributes)),
      sessionId,
      unreadable: attributes.unreadable,
    };
  },
};

function readCall(
  attributes: SpanAttributes,
  request: Readonly<Record<string, unknown>>,
): DialectReading {
  const response = asObject(attributes.json("gcp.vertex.agent.llm_response"));
  const { config, contents, model } = request;
  const { messages, inputs } = requestPayload({ ...asObject(config), contents }, true);
  return {
    kind: "prompt",
    operation: "generate_content",
    messages,
    inputs,
    kernel: { ...asObject(config), model },
    ...(response && responsePayload({ candidates: [response], ...response }, true)),
    cachedTokens: asNumber(asObject(response?.usage_metadata)?.cached_content_token_count),
  };
}

function readTool(attributes: SpanAttributes): DialectReading {
  const inputs = attributes.json("gcp.vertex.agent.tool_call_args");
  const output = attributes.json("gcp.vertex.agent.tool_response");
  return { inputs, output };
}
