import { asNumber, asObject } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * A provider's own count. Anthropic and Bedrock leave cached tokens out of the prompt's and give them as fields beside
 * it; OpenAI counts them in and gives them as details; Gemini leaves its thoughts out of the output's.
 */
export function providerUsage(value: unknown): DialectReading {
  const usage = asObject(value);
  if (usage === undefined) return {};
  const input = first(
    usage,
    "prompt_tokens",
    "input_tokens",
    "inputTokens",
    "promptTokens",
    "promptTokenCount",
  );
  const output = first(
    usage,
    "completion_tokens",
    "output_tokens",
    "outputTokens",
    "completionTokens",
    "candidatesTokenCount",
  );
  const inputDetails = asObject(usage.prompt_tokens_details ?? usage.input_tokens_details);
  const outputDetails = asObject(usage.completion_tokens_details ?? usage.output_tokens_details);
  // Gateways that speak OpenAI's words for everybody count them in, and repeat them.
  const isApart = usage.prompt_tokens === undefined;
  const read = first(usage, "cache_read_input_tokens", "cacheReadInputTokens");
  const written = first(usage, "cache_creation_input_tokens", "cacheWriteInputTokens");
  const thoughts = first(usage, "thoughtsTokenCount");
  return {
    promptTokens: isApart ? sum(input, read, written) : input,
    outputTokens: sum(output, thoughts),
    cachedTokens:
      read ?? asNumber(inputDetails?.cached_tokens) ?? first(usage, "cachedContentTokenCount"),
    cacheWriteTokens: written,
    reasoningTokens: thoughts ?? asNumber(outputDetails?.reasoning_tokens),
  };
}

function first(fields: Fields, ...names: readonly string[]): number | undefined {
  return names.map((name) => asNumber(fields[name])).find((number) => number !== undefined);
}

/** `undefined` when the first is: parts alone are no whole. */
function sum(
  whole: number | undefined,
  ...parts: readonly (number | undefined)[]
): number | undefined {
  return whole === undefined
    ? undefined
    : parts.reduce<number>((total, part) => total + (part ?? 0), whole);
}
