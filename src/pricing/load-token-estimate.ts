import type { EstimateTokens } from "../base/call-cost.ts";

/**
 * Counts a text's tokens by rules of thumb, from the package `tokenx`: good to about a tenth for
 * plain text, and for no model in particular.
 *
 * @throws what the import throws where the package is not there.
 */
export async function loadTokenEstimate(): Promise<EstimateTokens> {
  const { estimateTokenCount } = await import("tokenx");
  return (text) => estimateTokenCount(text);
}
