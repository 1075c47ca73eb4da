import {
  ATTR_CACHE_READ_TOKENS,
  ATTR_CACHE_WRITE_TOKENS,
  ATTR_REASONING_TOKENS,
} from "../base/attributes.ts";
import type { DialectReading } from "./dialect-reading.ts";
import type { SpanAttributes } from "./span-attributes.ts";

/**
 * Tokens and costs from `gen_ai.usage.*`, by the names of now, of before, and of those who write
 * their own.
 */
export function genAiUsage(attributes: SpanAttributes): DialectReading {
  return {
    promptTokens: attributes.number(
      "gen_ai.usage.input_tokens",
      "gen_ai.usage.prompt_tokens",
      "gen_ai.response.prompt_tokens",
    ),
    outputTokens: attributes.number(
      "gen_ai.usage.output_tokens",
      "gen_ai.usage.completion_tokens",
      "gen_ai.response.completion_tokens",
    ),
    cachedTokens: attributes.number(
      ATTR_CACHE_READ_TOKENS,
      "gen_ai.usage.cache_read_input_tokens",
      "gen_ai.usage.input_tokens.cached",
      "gen_ai.usage.input_cached_tokens",
      "gen_ai.usage.details.cache_read_tokens",
      "gen_ai.usage.details.cached_tokens",
      "gen_ai.usage.details.cached_content_tokens",
    ),
    cacheWriteTokens: attributes.number(
      ATTR_CACHE_WRITE_TOKENS,
      "gen_ai.usage.cache_creation.input_tokens",
      "gen_ai.usage.cache_creation_input_tokens",
      "gen_ai.usage.input_tokens.cache_write",
      "gen_ai.usage.cache_write_input_tokens",
      "gen_ai.usage.details.cache_write_tokens",
    ),
    reasoningTokens: attributes.number(
      ATTR_REASONING_TOKENS,
      "gen_ai.usage.reasoning_tokens",
      "gen_ai.usage.output_tokens.reasoning",
      "gen_ai.usage.details.reasoning_tokens",
      "gen_ai.usage.details.thoughts_tokens",
    ),
    usageParts: modalities(attributes),
    promptCost: attributes.number("gen_ai.usage.input_cost", "gen_ai.cost.input_tokens"),
    outputCost: attributes.number("gen_ai.usage.output_cost", "gen_ai.cost.output_tokens"),
    totalCost: attributes.number(
      "gen_ai.usage.cost",
      "gen_ai.usage.total_cost",
      "gen_ai.cost.total_tokens",
    ),
  };
}

/** `gen_ai.usage.audio.input_tokens` as `audio_input`. */
function modalities(attributes: SpanAttributes): Readonly<Record<string, number>> | undefined {
  const parts: Record<string, number> = {};
  for (const name of MODALITY_PARTS) {
    const tokens = attributes.number(`gen_ai.usage.${name}_tokens`);
    if (tokens !== undefined) parts[name.replaceAll(".", "_")] = tokens;
  }
  return Object.keys(parts).length > 0 ? parts : undefined;
}

const MODALITY_PARTS = ["text", "image", "audio"].flatMap((modality) =>
  ["input", "output", "cache_read.input"].map((part) => `${modality}.${part}`),
);
