/** Costs and token estimates. Nothing is loaded before it is asked for. */

export { loadPrices } from "./load-prices.ts";
export { loadTokenEstimate } from "./load-token-estimate.ts";
