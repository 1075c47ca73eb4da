import type { SpanView } from "../base/span-view.ts";
import { embeddingPayload } from "./ai-sdk-embeddings.ts";
import { aiSdkAnswer, aiSdkPrompt, aiSdkToolChoice } from "./ai-sdk-messages.ts";
import { aiSdkSettings } from "./ai-sdk-settings.ts";
import { aiSdkTelemetry } from "./ai-sdk-telemetry.ts";
import { aiSdkUsage } from "./ai-sdk-usage.ts";
import type { Dialect, DialectReading } from "./dialect-reading.ts";
import { SpanAttributes } from "./span-attributes.ts";

/**
 * Spans of Vercel's AI SDK: its own `ai.*` attributes of versions 4 to 6, which version 7 still has under
 * `LegacyOpenTelemetry`, and what version 7 (`@ai-sdk/otel`) adds to OpenTelemetry's own.
 *
 * The span of `generateText` and its like is a Flow: it restates what its steps used. Each `doGenerate` or `doStream`
 * in it is one call of a model.
 *
 * @see https://ai-sdk.dev/docs/ai-sdk-core/telemetry
 */
export const aiSdk: Dialect = {
  roots: ["ai", "gen_ai"],
  read(span): DialectReading | undefined {
    const attributes = new SpanAttributes(span.attributes);
    const operation = operationOf(span);
    if (operation === undefined) return isVersion7(span) ? readVersion7(attributes) : undefined;
    const reading = readOperation(operation, attributes, span);
    return {
      ...aiSdkTelemetry(attributes),
      ...reading,
      unreadable: attributes.unreadable,
    };
  },
};

/** `generateText.doGenerate`, `toolCall` ...; `undefined` for a span of something else. */
function operationOf({ attributes }: SpanView): string | undefined {
  const id = attributes["ai.operationId"];
  if (typeof id === "string" && id !== "") return id.replace(/^ai\./, "");
  // The operation, a blank, and the function's id.
  const name = attributes["operation.name"];
  return typeof name === "string" ? /^ai\.(\S+)/.exec(name)?.[1] : undefined;
}

function readOperation(
  operation: string,
  attributes: SpanAttributes,
  span: SpanView,
): DialectReading {
  const [name = "", inner] = operation.split(".");
  const isLanguage = /^(?:generate|stream)(?:Text|Object)$/.test(name);
  if (name === "toolCall") return readToolCall(attributes);
  if (isLanguage && inner === undefined) return readRoot(name, attributes);
  if (isLanguage) return readModelCall(attributes, span);
  if (inner === undefined && !/^(?:generateSpeech|transcribe|streamTranscribe)$/.test(name)) {
    // What they do is in the span inside, their values and usage are the same.
    return { kind: "none" };
  }
  const does = name.startsWith("embed") ? "embeddings" : name;
  const functionId = readFunctionId(attributes);
  return {
    kind: "tool",
    inference: true,
    operation: does,
    // The function's id alone is the path of the Flow that it may be, too.
    name: functionId && `${functionId}/${does}`,
    kernel: aiSdkSettings(attributes),
    responseModel: attributes.text("ai.response.model"),
    ...embeddingPayload(attributes),
    ...aiSdkUsage(attributes),
  };
}

function readRoot(name: string, attributes: SpanAttributes): DialectReading {
  return {
    kind: "flow",
    inference: false,
    operation: name,
    name: readFunctionId(attributes),
    ...aiSdkPrompt(attributes),
    ...aiSdkAnswer(attributes),
    ...aiSdkUsage(attributes),
  };
}

function readFunctionId(attributes: SpanAttributes): string | undefined {
  return attributes.text("ai.telemetry.functionId", "resource.name");
}

function readModelCall(attributes: SpanAttributes, span: SpanView): DialectReading {
  return {
    kind: "prompt",
    inference: true,
    operation: "chat",
    kernel: aiSdkSettings(attributes),
    ...aiSdkPrompt(attributes),
    ...aiSdkAnswer(attributes),
    ...aiSdkUsage(attributes),
    toolChoice: aiSdkToolChoice(attributes),
    responseModel: attributes.text("ai.response.model"),
    responseId: attributes.text("ai.response.id"),
    timeToFirstTokenSeconds: firstChunkSeconds(attributes, span),
  };
}

function readToolCall(attributes: SpanAttributes): DialectReading {
  const name = attributes.text("ai.toolCall.name");
  return {
    kind: "tool",
    inference: false,
    operation: "execute_tool",
    name,
    tool: name === undefined ? undefined : { name },
    inputs: attributes.json("ai.toolCall.args", "ai.toolCall.input"),
    output: attributes.json("ai.toolCall.result", "ai.toolCall.output"),
  };
}

/** On the span, else on the event of the first chunk: a stream that broke off has the event alone. */
function firstChunkSeconds(attributes: SpanAttributes, { events }: SpanView): number | undefined {
  const event = events.find(({ name }) => name === "ai.stream.firstChunk");
  const millis =
    attributes.number(...FIRST_CHUNK) ??
    new SpanAttributes(event?.attributes ?? {}).number(...FIRST_CHUNK);
  return millis === undefined ? undefined : millis / 1000;
}

const FIRST_CHUNK = ["ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"] as const;

/** The scope alone tells version 7's spans from others that OpenTelemetry's conventions know. */
function isVersion7({ scopeName, attributes }: SpanView): boolean {
  return scopeName === "gen_ai" && attributes["gen_ai.operation.name"] !== undefined;
}

/** Most of it is in OpenTelemetry's own words; this is the rest. */
function readVersion7(attributes: SpanAttributes): DialectReading {
  const isEmbedding = attributes.all["gen_ai.operation.name"] === "embeddings";
  const hasUsage = attributes.has("gen_ai.usage.input_tokens");
  return {
    // `embed` and each call in it say the same; only the calls have a usage.
    kind: isEmbedding && !hasUsage ? "none" : undefined,
    ...aiSdkTelemetry(attributes),
    ...(isEmbedding && embeddingPayload(attributes)),
    toolChoice: aiSdkToolChoice(attributes),
    reasoningTokens: attributes.number("ai.usage.outputTokenDetails.reasoningTokens"),
    timeToFirstTokenSeconds: attributes.number("gen_ai.client.operation.time_to_first_chunk"),
    unreadable: attributes.unreadable,
  };
}
