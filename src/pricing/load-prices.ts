import type { PriceCall } from "../base/call-cost.ts";
import { createPriceTable } from "./price-table.ts";

/**
 * The public prices of known models, from the package `@pydantic/genai-prices`. They are as old as
 * the installed version of it; nothing is asked over the network.
 *
 * Its data takes some 30 ms to load, so it is only loaded by this call.
 *
 * @throws what the import throws where the package is not there.
 * @see https://github.com/pydantic/genai-prices
 */
export async function loadPrices(): Promise<PriceCall> {
  return createPriceTable(await import("@pydantic/genai-prices"));
}
