import { asCount, asObject } from "./own-data.ts";
import type { ProviderReading } from "./provider-reading.ts";

/**
 * The tokens of a chat completion or a text completion. `prompt_tokens` holds the cached tokens,
 * `completion_tokens` the reasoning ones.
 */
export function readUsage(value: unknown): ProviderReading {
  const usage = asObject(value);
  if (usage === undefined) return {};
  const prompt = asObject(usage.prompt_tokens_details);
  const reasoning = asCount(asObject(usage.completion_tokens_details)?.reasoning_tokens);
  const promptTokens = asCount(usage.prompt_tokens);
  const completion = asCount(usage.completion_tokens);
  // xAI counts the reasoning beside the completion: its total is the sum of the three.
  const isApart =
    reasoning && usage.total_tokens === (promptTokens ?? 0) + (completion ?? 0) + reasoning;
  return {
    promptTokens,
    outputTokens: isApart ? (completion ?? 0) + reasoning : completion,
    // DeepSeek's and Moonshot's names.
    cachedTokens:
      asCount(prompt?.cached_tokens) ??
      asCount(usage.prompt_cache_hit_tokens) ??
      asCount(usage.cached_tokens),
    cacheWriteTokens: asCount(prompt?.cache_write_tokens),
    reasoningTokens: reasoning,
    // OpenRouter's credits are dollars; Perplexity names the parts and the total.
    cost: asCount(usage.cost) ?? asCount(asObject(usage.cost)?.total_cost),
  };
}
