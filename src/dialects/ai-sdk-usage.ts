import { asNumber, asObject } from "./attribute-values.ts";
import type { DialectReading } from "./dialect-reading.ts";
import { providerUsage } from "./provider-usage.ts";
import type { SpanAttributes } from "./span-attributes.ts";

/**
 * The tokens of `ai.usage.*`.
 *
 * From version 6 on, cached tokens are in the prompt's and reasoning is in the output's. Before that the providers'
 * own counts were passed on: Anthropic and Bedrock leave cached tokens out, and Gemini its thoughts.
 */
export function aiSdkUsage(attributes: SpanAttributes): DialectReading {
  const number = (...names: readonly string[]): number | undefined =>
    attributes.number(...names.map((name) => `ai.usage.${name}`));
  const input = number("inputTokens", "promptTokens", "tokens");
  const output = number("outputTokens", "completionTokens");
  const apart = cachedApart(attributes, input);
  const reasoning = number("outputTokenDetails.reasoningTokens", "reasoningTokens");
  const total = number("totalTokens");
  // The total tells whether reasoning is in it beside the output.
  const isBeside = total !== undefined && total === (input ?? 0) + (output ?? 0) + (reasoning ?? 0);
  return {
    promptTokens: apart?.promptTokens ?? input,
    outputTokens: isBeside && output !== undefined ? output + (reasoning ?? 0) : output,
    cachedTokens:
      number("inputTokenDetails.cacheReadTokens", "cachedInputTokens") ?? apart?.cachedTokens,
    cacheWriteTokens: number("inputTokenDetails.cacheWriteTokens") ?? apart?.cacheWriteTokens,
    reasoningTokens: reasoning,
  };
}

/** The whole prompt where its cached tokens were left out; `undefined` where `input` is the whole. */
function cachedApart(
  attributes: SpanAttributes,
  input: number | undefined,
): DialectReading | undefined {
  const provider = attributes.text("ai.model.provider") ?? "";
  if (input === undefined || !/anthropic|bedrock/.test(provider) || countsCached(attributes)) {
    return undefined;
  }
  const metadata = asObject(attributes.json("ai.response.providerMetadata"));
  const own = asObject(metadata?.anthropic) ?? asObject(metadata?.bedrock) ?? {};
  const raw = asObject(own.usage) ?? own;
  const read =
    attributes.number("ai.usage.cachedInputTokens") ??
    asNumber(raw.cache_read_input_tokens ?? raw.cacheReadInputTokens ?? own.cacheReadInputTokens) ??
    0;
  const written =
    asNumber(raw.cache_creation_input_tokens ?? raw.cacheWriteInputTokens) ??
    asNumber(own.cacheCreationInputTokens) ??
    0;
  // Where the provider's own count came along and `input` is no less, it is the whole already.
  const counted = raw.input_tokens === undefined ? undefined : providerUsage(raw).promptTokens;
  const whole = counted !== undefined && counted <= input ? input : input + read + written;
  return { promptTokens: whole, cachedTokens: read, cacheWriteTokens: written };
}

/** Version 6 and later give details, or their version in a header. */
function countsCached(attributes: SpanAttributes): boolean {
  const agent = attributes.text("ai.request.headers.user-agent") ?? "";
  const version = Number(/\bai\/(\d+)/.exec(agent)?.[1] ?? 0);
  return (
    version >= 6 ||
    attributes.has("ai.usage.inputTokenDetails.noCacheTokens") ||
    attributes.has("ai.usage.inputTokenDetails.cacheReadTokens")
  );
}
