import { calcPrice } from "@pydantic/genai-prices";
import { describe, expect, it } from "vitest";
import type { CallCost, PricedCall } from "../../src/base/call-cost.ts";
import { loadPrices } from "../../src/pricing/index.ts";

const price = await loadPrices();

/** A day on which the prices below were in force. */
const JULY_2026 = Date.UTC(2026, 6, 1);

function costOf(
  provider: string | undefined,
  model: string | readonly string[],
  tokens: Partial<PricedCall>,
): CallCost | undefined {
  const models = typeof model === "string" ? [model] : model;
  return price({ provider, models, atMillis: JULY_2026, ...tokens });
}

const THOUSAND = { promptTokens: 1000, outputTokens: 100 };

describe("a call's cost", () => {
  // Dollars for a million tokens, by the providers' own pages: prompt, output.
  it.each([
    ["openai", "gpt-4o", { promptCost: 0.0025, outputCost: 0.001 }],
    ["openai", "gpt-4o-mini", { promptCost: 0.00015, outputCost: 0.00006 }],
    ["anthropic", "claude-sonnet-4-20250514", { promptCost: 0.003, outputCost: 0.0015 }],
    ["google", "gemini-2.5-flash", { promptCost: 0.0003, outputCost: 0.00025 }],
    ["groq", "llama-3.3-70b-versatile", { promptCost: 0.00059, outputCost: 0.000079 }],
    ["mistral_ai", "mistral-small-latest", { promptCost: 0.0001, outputCost: 0.00003 }],
  ])("at %s of %s comes from the table", (provider, model, expected) => {
    expect(costOf(provider, model, THOUSAND)).toEqual(expected);
  });

  it("counts what was read from a cache at its own price", () => {
    const cost = costOf("openai", "gpt-5", { ...THOUSAND, cachedTokens: 500 });

    // 500 at 1.25 and 500 at 0.125 dollars for a million.
    expect(cost).toEqual({ promptCost: 0.0006875, outputCost: 0.001 });
  });

  it("counts what was written to a cache at its own price", () => {
    const tokens = { ...THOUSAND, cachedTokens: 200, cacheWriteTokens: 300 };

    // 500 at 3, 200 at 0.3 and 300 at 3.75 dollars for a million.
    expect(costOf("anthropic", "claude-sonnet-4-20250514", tokens)).toEqual({
      promptCost: 0.002685,
      outputCost: 0.0015,
    });
  });

  it("follows a price that depends on the length of the prompt", () => {
    const short = costOf("google", "gemini-2.5-pro", { promptTokens: 200_000, outputTokens: 100 });
    const long = costOf("google", "gemini-2.5-pro", { promptTokens: 200_001, outputTokens: 100 });

    expect(short).toEqual({ promptCost: 0.25, outputCost: 0.001 });
    expect(long).toEqual({ promptCost: 0.5000025, outputCost: 0.0015 });
  });

  it("counts a price for each request with the prompt", () => {
    const { promptCost = 0 } = costOf("perplexity", "sonar", THOUSAND) ?? {};

    expect(promptCost).toBeGreaterThan(0.001);
  });

  it("is dated by when the call was", () => {
    const at = (atMillis: number): CallCost | undefined =>
      price({ provider: "openai", models: ["o3"], atMillis, ...THOUSAND });

    // OpenAI made o3 cheaper by four fifths in June 2025.
    expect(at(Date.UTC(2025, 4, 1))).toEqual({ promptCost: 0.01, outputCost: 0.004 });
    expect(at(Date.UTC(2025, 7, 1))).toEqual({ promptCost: 0.002, outputCost: 0.0008 });
  });

  it("goes by the response's model first, then by the request's", () => {
    const byResponse = costOf("azure.ai.openai", ["gpt-4o-2024-08-06", "my-deployment"], THOUSAND);
    const byRequest = costOf("openai", ["not-a-model", "gpt-4o"], THOUSAND);

    expect(byResponse).toEqual({ promptCost: 0.0025, outputCost: 0.001 });
    expect(byRequest).toEqual({ promptCost: 0.0025, outputCost: 0.001 });
  });

  it.each([
    ["openai_azure", "gpt-4o"],
    ["azure.ai.openai", "gpt-4o"],
    ["bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0"],
    ["aws.bedrock", "anthropic.claude-sonnet-4-20250514-v1:0"],
    ["gcp.vertex_ai", "publishers/google/models/gemini-2.5-pro"],
    ["gcp.gemini", "models/gemini-2.5-pro"],
    ["gcp.gen_ai", "gemini-2.5-pro"],
    ["OpenAI", "gpt-4o"],
    ["cohere", "command-r-plus-08-2024"],
    ["deepseek", "deepseek-chat"],
    ["x_ai", "grok-3"],
    ["xai.chat", "grok-3"],
    ["together_ai", "meta-llama/Llama-3.3-70B-Instruct-Turbo"],
    ["perplexity", "sonar"],
    ["openrouter", "openai/gpt-4o"],
    [undefined, "gpt-4o"],
    [undefined, "claude-sonnet-4-20250514"],
  ])("knows the provider %s and its model %s", (provider, model) => {
    const { promptCost = 0, outputCost = 0 } = costOf(provider, model, THOUSAND) ?? {};

    expect(promptCost).toBeGreaterThan(0);
    expect(outputCost).toBeGreaterThan(0);
  });

  it.each([
    ["a model that nobody sells", "openai", "gpt-none"],
    ["a known model at a provider that is not known", "ollama", "gpt-4o"],
    ["a provider that only looks like one", "my-openai-gateway", "gpt-4o"],
    ["the Log API's mock", "mock", "gpt-4o"],
    ["a model that the table leaves without prices", "openrouter", "openrouter/auto"],
    ["a model without a name", "openai", ""],
    ["a property of every object", "constructor", "gpt-4o"],
  ])("is none for %s", (_, provider, model) => {
    expect(costOf(provider, model, THOUSAND) ?? {}).toEqual({});
  });

  it("is told only of the part whose tokens are known", () => {
    expect(costOf("openai", "gpt-4o", { outputTokens: 100 })).toEqual({ outputCost: 0.001 });
    expect(costOf("openai", "gpt-4o", { promptTokens: 1000 })).toEqual({ promptCost: 0.0025 });
    expect(costOf("openai", "gpt-4o", {})).toEqual({});
  });

  it("of an embedding is its prompt's alone", () => {
    expect(costOf("openai", "text-embedding-3-small", { promptTokens: 1000 })).toEqual({
      promptCost: 0.00002,
    });
  });

  it.each([
    ["more cached tokens than tokens", { promptTokens: 10, cachedTokens: 50 }],
    ["less than nothing", { promptTokens: -1 }],
    ["what is no number", { promptTokens: Number.NaN }],
  ])("is none for %s", (_, tokens) => {
    expect(costOf("openai", "gpt-4o", tokens)).toBeUndefined();
  });

  it("is none at a time that is none", () => {
    const call = { provider: "deepseek", models: ["deepseek-chat"], ...THOUSAND };

    expect(() => price({ ...call, atMillis: Number.NaN })).not.toThrow();
  });

  it("stays right when more models were asked for than are kept at hand", () => {
    for (let number = 0; number < 1_100; number++) costOf("openai", `gpt-none-${number}`, THOUSAND);

    expect(costOf("openai", "gpt-4o", THOUSAND)).toEqual({ promptCost: 0.0025, outputCost: 0.001 });
  });
});

describe("the prices at hand", () => {
  it.each([
    ["openai", "gpt-4o"],
    ["openai", "gpt-5"],
    ["anthropic", "claude-sonnet-4-0"],
    ["google", "gemini-2.5-flash"],
    ["deepseek", "deepseek-chat"],
    ["aws", "amazon.nova-pro-v1:0"],
  ])("are the package's own for %s and %s", (providerId, model) => {
    for (const [input, read, write, output] of TOKENS) {
      const usage = { input_tokens: input, cache_read_tokens: read, cache_write_tokens: write };
      const timestamp = new Date(JULY_2026);
      const own = costOf(providerId, model, {
        promptTokens: input,
        cachedTokens: read,
        cacheWriteTokens: write,
        outputTokens: output,
      });
      const theirs = calcPrice({ ...usage, output_tokens: output }, model, {
        providerId,
        timestamp,
      });

      expect(own?.promptCost).toBeCloseTo(theirs?.input_price ?? Number.NaN, 12);
      expect(own?.outputCost).toBeCloseTo(theirs?.output_price ?? Number.NaN, 12);
    }
  });
});

/** Of the prompt, read from a cache, written to one, of the output. */
const TOKENS = [
  [0, 0, 0, 0],
  [1, 0, 0, 1],
  [1234, 200, 0, 77],
  [1234, 0, 300, 77],
  [90_000, 40_000, 1_000, 12_345],
] as const;
