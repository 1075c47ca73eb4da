import { asNumber, asObject } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { providerUsage } from "./provider-usage.ts";

/**
 * Tokens by Langfuse's usage types. Any name is one; those with `input` in it make up the prompt, those with `output`
 * what was generated, and `total`, where it is given, is all of them: an `input` beside an `input_cache_read` leaves the
 * cached ones out. Where `input` and `output` alone are the total already, the others are parts of them. A provider's
 * own usage object is taken as the provider means it.
 *
 * @see https://langfuse.com/docs/observability/features/token-and-cost-tracking
 */
export function langfuseUsage(value: unknown): DialectReading {
  const usage = asObject(value);
  if (usage === undefined) return {};
  const isProviders = ["prompt_tokens", "completion_tokens", "input_tokens_details"].some(
    (name) => name in usage,
  );
  if (isProviders) return providerUsage(usage);
  const numbers = numbersOf(usage);
  const input = numbers.get("input") ?? numbers.get("input_tokens");
  const output = numbers.get("output") ?? numbers.get("output_tokens");
  const total = numbers.get("total") ?? numbers.get("total_tokens");
  const areParts = total !== undefined && total === (input ?? 0) + (output ?? 0);
  const part = (pattern: RegExp): number | undefined =>
    [...numbers].find(([name]) => pattern.test(name))?.[1];
  return {
    promptTokens: areParts ? input : whole(numbers, "input"),
    outputTokens: areParts ? output : whole(numbers, "output"),
    cachedTokens: part(/^input_cached?(?:_tokens|_read|_read_tokens)?$|cache_read/),
    cacheWriteTokens: part(/cache_(?:creation|write)/),
    reasoningTokens: part(/reasoning/),
  };
}

/** Dollars by the same types. A total alone is split by nobody. */
export function langfuseCost(value: unknown): DialectReading {
  const cost = asObject(value);
  if (cost === undefined) return {};
  const numbers = numbersOf(cost);
  return {
    promptCost: whole(numbers, "input"),
    outputCost: whole(numbers, "output"),
    totalCost: numbers.get("total"),
  };
}

function numbersOf(fields: Readonly<Record<string, unknown>>): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(fields).flatMap(([name, value]) => {
      const number = asNumber(value);
      return number === undefined ? [] : [[name, number] as const];
    }),
  );
}

function whole(numbers: ReadonlyMap<string, number>, side: "input" | "output"): number | undefined {
  const found = [...numbers].filter(([name]) => name.includes(side));
  return found.length === 0 ? undefined : found.reduce((sum, [, number]) => sum + number, 0);
}
