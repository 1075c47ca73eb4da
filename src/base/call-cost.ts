/** One call of a model, as far as its price asks for it. */
export interface PricedCall {
  /** By the Log API's or OTel's name, or the provider's own. `undefined`: by the model's name alone. */
  readonly provider: string | undefined;
  /** What the model is called, the surest name first: the response's, then the request's. */
  readonly models: readonly string[];
  /** The whole prompt, cached tokens included. */
  readonly promptTokens?: number;
  /** Everything generated, reasoning included. */
  readonly outputTokens?: number;
  readonly cachedTokens?: number;
  readonly cacheWriteTokens?: number;
  /** Prices change: the ones of this time are taken, in milliseconds since the epoch. */
  readonly atMillis: number;
}

/** Dollars. A part whose tokens or price nobody knows is left out. */
export interface CallCost {
  readonly promptCost?: number | undefined;
  readonly outputCost?: number | undefined;
}

/** What a call cost; `undefined` where its model has no price. Never throws, never waits. */
export type PriceCall = (call: PricedCall) => CallCost | undefined;

/** About how many tokens a text has; `undefined` where it can't tell. Never throws, never waits. */
export type EstimateTokens = (text: string) => number | undefined;

/** Digits that a price has; more come of binary fractions. */
const DIGITS = 12;

/** Dollars without the digits that come of adding and dividing binary fractions. */
export function roundDollars(dollars: number): number {
  return Number(dollars.toPrecision(DIGITS));
}
