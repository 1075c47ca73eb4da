import type { CallCost, PriceCall, PricedCall } from "../base/call-cost.ts";
import { roundDollars } from "../base/call-cost.ts";
import { flatPricer, isFlat } from "./flat-pricer.ts";
import { providerId } from "./provider-ids.ts";

type Prices = typeof import("@pydantic/genai-prices");
type Calculation = NonNullable<ReturnType<Prices["calcPrice"]>>;

/** What a call of one model costs. Throws for counts that cannot be. */
type Pricer = (call: PricedCall) => CallCost | undefined;

/** Models whose prices are kept at hand; the oldest is forgotten first. */
const MAX_KNOWN_MODELS = 1_000;

/**
 * Prices calls by the package's table. A model is looked for once; afterwards its prices are at
 * hand.
 *
 * Guarantees: a provider or model that the table does not name has no price, and neither has one
 * whose prices it leaves empty; a call whose parts are more than their whole has none either.
 */
export function createPriceTable({ calcPrice, findProvider }: Prices): PriceCall {
  const known = new Map<string, Pricer | undefined>();

  const pricerOf = (provider: string | undefined, model: string): Pricer | undefined => {
    const key = `${provider}\n${model}`;
    if (known.has(key)) return known.get(key);
    const pricer = findPricer(provider, model);
    known.set(key, pricer);
    if (known.size > MAX_KNOWN_MODELS) {
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    }
    return pricer;
  };

  const findPricer = (name: string | undefined, model: string): Pricer | undefined => {
    const id = name === undefined ? undefined : providerId(name);
    // The package also takes names that look like a provider's, such as those of its imitators.
    if (id !== undefined && findProvider({ providerId: id })?.id !== id) return undefined;
    const found = calcPrice({}, model, { providerId: id });
    if (found === null) return undefined;
    // The provider with this model alone: the package looks through all of them each time.
    const provider = {
      ...found.provider,
      models: [{ ...found.model, match: { equals: model } }],
    };
    const pricer: Pricer = (call) => {
      const timestamp = new Date(call.atMillis);
      const priced = calcPrice(usageOf(call), model, { provider, timestamp });
      return priced === null ? undefined : costOf(call, priced);
    };
    return isFlat(found.model.prices) ? flatPricer(pricer) : pricer;
  };

  const price = (call: PricedCall): CallCost | undefined => {
    for (const name of call.models) {
      const pricer = pricerOf(call.provider, name.replace(RESOURCE_PREFIX, ""));
      if (pricer === undefined) continue;
      const cost = pricer(call);
      return cost && { promptCost: rounded(cost.promptCost), outputCost: rounded(cost.outputCost) };
    }
    return undefined;
  };

  return (call) => {
    try {
      return price(call);
    } catch {
      // Counts come from anybody, and the package refuses those that cannot be.
      return undefined;
    }
  };
}

/** `models/gemini-2.5-pro`, `publishers/google/models/gemini-2.5-pro`. */
const RESOURCE_PREFIX = /^(?:.*\/)?models\//;

function usageOf(call: PricedCall): Record<string, number | undefined> {
  return {
    input_tokens: call.promptTokens,
    output_tokens: call.outputTokens,
    cache_read_tokens: call.cachedTokens,
    cache_write_tokens: call.cacheWriteTokens,
  };
}

/** A price for each request, which a few providers have, counts with the prompt. */
function costOf(call: PricedCall, priced: Calculation): CallCost {
  const { input_price, output_price, total_price, model_price } = priced;
  const requestPrice = total_price - (input_price + output_price);
  const isPriced = (tokens: number | undefined, name: string): boolean =>
    tokens !== undefined && model_price[name] !== undefined;
  return {
    promptCost: isPriced(call.promptTokens, "input_mtok") ? input_price + requestPrice : undefined,
    outputCost: isPriced(call.outputTokens, "output_mtok") ? output_price : undefined,
  };
}

function rounded(dollars: number | undefined): number | undefined {
  return dollars === undefined ? undefined : roundDollars(dollars);
}
