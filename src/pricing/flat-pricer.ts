import type { CallCost, PricedCall } from "../base/call-cost.ts";

/** Large enough for prices with all of their digits. */
const MANY = 1_000_000;

/** True for prices that are the same for every token, at any time, and for nothing but tokens. */
export function isFlat(prices: object): boolean {
  return (
    !Array.isArray(prices) &&
    !("requests_kcount" in prices) &&
    Object.values(prices).every((price) => typeof price === "number")
  );
}

/**
 * The same costs as those of `pricer`, many times faster: it is asked once for the price of a token
 * of each kind.
 *
 * @param pricer of flat prices.
 * @throws RangeError for counts that cannot be.
 */
export function flatPricer(
  pricer: (call: PricedCall) => CallCost | undefined,
): (call: PricedCall) => CallCost {
  const ask = (parts: Partial<PricedCall>): CallCost =>
    pricer({ provider: undefined, models: [], atMillis: 0, ...parts }) ?? {};
  const promptPrice = (parts: Partial<PricedCall>): number =>
    (ask({ promptTokens: MANY, ...parts }).promptCost ?? 0) / MANY;
  const prompt = promptPrice({});
  const cached = promptPrice({ cachedTokens: MANY });
  const written = promptPrice({ cacheWriteTokens: MANY });
  const output = (ask({ outputTokens: MANY }).outputCost ?? 0) / MANY;
  const has = ask({ promptTokens: 0, outputTokens: 0 });

  return ({ promptTokens, outputTokens, cachedTokens = 0, cacheWriteTokens = 0 }) => {
    const plain = (promptTokens ?? 0) - cachedTokens - cacheWriteTokens;
    if (!(plain >= 0 && cachedTokens >= 0 && cacheWriteTokens >= 0 && (outputTokens ?? 0) >= 0)) {
      throw new RangeError("flatPricer: expected counts that add up, got others (number).");
    }
    const promptCost = plain * prompt + cachedTokens * cached + cacheWriteTokens * written;
    return {
      promptCost:
        promptTokens === undefined || has.promptCost === undefined ? undefined : promptCost,
      outputCost:
        outputTokens === undefined || has.outputCost === undefined
          ? undefined
          : outputTokens * output,
    };
  };
}
