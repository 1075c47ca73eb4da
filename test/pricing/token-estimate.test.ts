import { expect, it } from "vitest";
import { loadTokenEstimate } from "../../src/pricing/index.ts";

const estimate = await loadTokenEstimate();

it("comes near what a tokenizer counts in plain text", () => {
  // 10 tokens by OpenAI's and by Anthropic's tokenizers alike.
  const tokens = estimate("The quick brown fox jumps over the lazy dog.");

  expect(tokens).toBeGreaterThanOrEqual(8);
  expect(tokens).toBeLessThanOrEqual(12);
});

it("is nothing for an empty text", () => {
  expect(estimate("")).toBe(0);
});
