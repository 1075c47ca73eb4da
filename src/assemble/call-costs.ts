import type { CallCost, PriceCall } from "../base/call-cost.ts";
import { roundDollars } from "../base/call-cost.ts";
import { type JsonText, toJsonText } from "../base/json-text.ts";
import type { LogType } from "../base/log-types.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { estimateUsage } from "./estimate-usage.ts";
import { calledModel } from "./models.ts";
import { numberOf, objectOf } from "./object-text.ts";
import type { AssembleOptions } from "./options.ts";

type Fields = Record<string, JsonText>;
type Meta = SpanReading["meta"];

/** What of a usage a cost is made of, by the names in `metadata.flowspan.usage`. */
interface Usage {
  readonly prompt_tokens?: number | undefined;
  readonly output_tokens?: number | undefined;
  readonly cached?: number;
  readonly cache_write?: number;
  readonly estimated?: boolean;
  readonly prompt_cost?: number | undefined;
  readonly output_cost?: number | undefined;
  /** Of the whole call, by its provider. */
  readonly total_cost?: number;
}

/** Dollars, and who says so. */
interface Cost extends CallCost {
  readonly source: "provider" | "table" | "estimated";
}

/** What a cost is made with. */
export type Pricing = Pick<AssembleOptions, "price" | "estimateTokens">;

/**
 * Adds what a call of a model cost to its log, tokens that have to be estimated too, and gives the
 * metadata that it then has. `cost_source` there tells where a cost comes from:
 *
 * - `provider`: it was recorded. One for the whole call is divided as the price table's are; where
 *   that has none, all of it is `output_cost`.
 * - `table`: the tokens were priced.
 * - `estimated`: they were, and some of them are an estimate.
 *
 * A Tool, such as an embedding, has no fields for it: there it stands with the usage.
 */
export function withCost(
  type: LogType,
  reading: SpanReading,
  fields: Fields,
  span: SpanView,
  { price, estimateTokens }: Pricing,
): Meta {
  const isPrompt = type === "prompt";
  if (!(isPrompt || (type === "tool" && reading.inference))) return reading.meta;
  const parts = objectOf(reading.meta.usage) ?? {};
  const estimate = isPrompt && estimateTokens && estimateUsage(reading, span, estimateTokens);
  if (estimate) setNumbers(fields, { ...estimate });
  const marked = estimate ? { ...parts, estimated: true } : parts;
  const cost = costOf(
    isPrompt ? { ...marked, ...ownNumbers(fields) } : marked,
    reading,
    span,
    price,
  );
  if (cost === undefined && !estimate) return reading.meta;

  const costs = { prompt_cost: cost?.promptCost, output_cost: cost?.outputCost };
  if (isPrompt) setNumbers(fields, costs);
  return {
    ...reading.meta,
    ...(reading.meta.usage !== undefined || estimate
      ? { usage: toJsonText(isPrompt ? marked : { ...marked, ...costs }) }
      : {}),
    ...(cost && { cost_source: toJsonText(cost.source) }),
  };
}

function costOf(
  usage: Usage,
  reading: SpanReading,
  span: SpanView,
  price: PriceCall | undefined,
): Cost | undefined {
  const { prompt_cost: promptCost, output_cost: outputCost, total_cost: total } = usage;
  if (promptCost !== undefined || outputCost !== undefined) {
    return { promptCost, outputCost, source: "provider" };
  }
  const isCounted = usage.prompt_tokens !== undefined || usage.output_tokens !== undefined;
  const priced = isCounted ? price?.(pricedCall(usage, reading, span)) : undefined;
  if (total !== undefined) return { ...divided(total, priced), source: "provider" };
  if (priced?.promptCost === undefined && priced?.outputCost === undefined) return undefined;
  return { ...priced, source: usage.estimated ? "estimated" : "table" };
}

function pricedCall(usage: Usage, reading: SpanReading, span: SpanView): Parameters<PriceCall>[0] {
  return {
    ...calledModel(reading, span),
    promptTokens: usage.prompt_tokens,
    outputTokens: usage.output_tokens,
    cachedTokens: usage.cached,
    cacheWriteTokens: usage.cache_write,
    atMillis: span.startTime[0] * 1000,
  };
}

function divided(total: number, { promptCost = 0, outputCost = 0 }: CallCost = {}): CallCost {
  const sum = promptCost + outputCost;
  if (!(sum > 0)) return { outputCost: total };
  const prompt = roundDollars((total * promptCost) / sum);
  return { promptCost: prompt, outputCost: roundDollars(total - prompt) };
}

function ownNumbers(fields: Fields): Usage {
  return {
    prompt_tokens: numberOf(fields.prompt_tokens),
    output_tokens: numberOf(fields.output_tokens),
    prompt_cost: numberOf(fields.prompt_cost),
    output_cost: numberOf(fields.output_cost),
  };
}

function setNumbers(fields: Fields, numbers: Readonly<Record<string, number | undefined>>): void {
  for (const name in numbers) {
    if (numbers[name] !== undefined) fields[name] = toJsonText(numbers[name]);
  }
}
