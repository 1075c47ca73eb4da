import type { EncodeLimits } from "../base/encode-limits.ts";
import { type JsonText, toJsonText } from "../base/json-text.ts";
import { maskSecrets } from "../base/mask.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { toolChoice } from "../base/tool-choice.ts";
import { asObject, asStructure, asText } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { FieldWriter, scalarText } from "./field-writer.ts";
import { finishReason } from "./finish-reason.ts";
import { promptKernel, toolFunctions } from "./prompt-kernel.ts";
import { spanError } from "./span-error.ts";
import { takableMessage } from "./takable-message.ts";

type Meta = Record<string, JsonText>;

/**
 * What dialects say of a foreign span, as its log's fields: normalised to the Log API's words and
 * shapes, masked and cut.
 */
export function writeReading(
  reading: DialectReading,
  span: SpanView,
  limits: EncodeLimits,
): SpanReading {
  const { kind, operation } = reading;
  const type = kind === "none" ? undefined : kind;
  const name = type === undefined ? undefined : reading.name;
  const inference = type !== undefined && (reading.inference ?? type === "prompt");
  const writer = new FieldWriter(limits);
  const meta: Meta = {};
  if (type === "prompt") writePrompt(writer, reading);
  if (type === "tool") writeTool(writer, reading);
  if (type !== undefined) {
    writeContent(writer, reading, type === "tool");
    writeUsage(meta, reading, type === "prompt");
    writeAround(writer, meta, reading, reading.error ?? spanError(span));
  }
  return { type, own: false, inference, fields: writer.fields, query: {}, meta, name, operation };
}

function writePrompt(writer: FieldWriter, reading: DialectReading): void {
  const { kernel = {}, finishReason: reason } = reading;
  writer.json("prompt", promptKernel(kernel, reading.responseModel));
  writer.json("tool_choice", toolChoice(asStructure(reading.toolChoice ?? kernel.tool_choice)));
  writer.scalar("finish_reason", reason && finishReason(reason));
  writer.scalar("prompt_tokens", wholePrompt(reading));
  writer.scalar("output_tokens", reading.outputTokens);
  writer.scalar("prompt_cost", reading.promptCost);
  writer.scalar("output_cost", reading.outputCost);
}

/**
 * A tool's definition. What calls a model (embedding, reranking) has the model among its attributes
 * instead: another model, another version.
 */
function writeTool(writer: FieldWriter, reading: DialectReading): void {
  const { tool, kernel, responseModel } = reading;
  if (tool !== undefined) {
    writer.json("tool", { function: toolFunctions([tool])[0] });
    return;
  }
  const { endpoint: _, ...attributes } = promptKernel(kernel ?? {}, responseModel);
  if (attributes.model === "unknown") return;
  const name = reading.name ?? reading.operation ?? "tool";
  writer.json("tool", { function: { name, description: "" }, attributes });
}

function writeContent(writer: FieldWriter, reading: DialectReading, isTool: boolean): void {
  const { inputs, output } = reading;
  const messages = reading.messages?.map(takableMessage);
  const answer = reading.outputMessage && takableMessage(reading.outputMessage);
  const given = inputs === undefined ? undefined : (asObject(inputs) ?? { input: inputs });
  // Tool logs have no messages.
  if (!isTool) writer.json("messages", messages);
  if (!isTool) writer.json("output_message", answer);
  writer.json("inputs", given ?? (isTool && messages ? { messages } : undefined));
  writer.text("output", output ?? (isTool ? answer : undefined));
}

/**
 * Tokens, cached ones included. The conventions say that the prompt's hold them; a writer whose
 * cached tokens are more than the prompt's has passed on a provider's raw count without them.
 */
function wholePrompt(reading: DialectReading): number | undefined {
  const { promptTokens, cachedTokens = 0, cacheWriteTokens = 0 } = reading;
  const cached = cachedTokens + cacheWriteTokens;
  return promptTokens !== undefined && cached > promptTokens ? promptTokens + cached : promptTokens;
}

/** What only Prompt logs have fields for stands in the metadata of other logs. */
function writeUsage(meta: Meta, reading: DialectReading, isPrompt: boolean): void {
  const elsewhere = isPrompt
    ? {}
    : {
        prompt_tokens: wholePrompt(reading),
        output_tokens: reading.outputTokens,
        prompt_cost: reading.promptCost,
        output_cost: reading.outputCost,
      };
  const usage = {
    ...elsewhere,
    ...reading.usageParts,
    cached: reading.cachedTokens,
    cache_write: reading.cacheWriteTokens,
    reasoning: reading.reasoningTokens,
    total_cost: reading.totalCost,
  };
  const given = Object.entries(usage).filter(([, value]) => value !== undefined);
  if (given.length > 0) meta.usage = toJsonText(Object.fromEntries(given));
}

/** What every log may have. */
function writeAround(
  writer: FieldWriter,
  meta: Meta,
  reading: DialectReading,
  error: string | undefined,
): void {
  writer.text("error", error);
  writer.scalar("session_id", reading.sessionId);
  writer.scalar("user", reading.user);
  writer.scalar("environment", reading.environment);
  writer.json("metadata", reading.metadata);
  const seconds = reading.timeToFirstTokenSeconds;
  if (seconds !== undefined) meta.time_to_first_token_seconds = toJsonText(seconds);
  if (asText(reading.responseModel)) meta.response_model = scalarText(reading.responseModel ?? "");
  if (asText(reading.responseId)) meta.response_id = scalarText(reading.responseId ?? "");
  if (error !== undefined) meta.outcome = toJsonText("error");
  const { unreadable = [] } = reading;
  if (unreadable.length > 0) meta.unreadable = toJsonText(unreadable.map(maskSecrets));
  if (Object.keys(writer.truncated).length > 0) meta.truncated = toJsonText(writer.truncated);
}
