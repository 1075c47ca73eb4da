import { diag } from "@opentelemetry/api";
import type { AssembleOptions } from "../assemble/options.ts";
import { diagText } from "../base/error-text.ts";
import { loadPrices, loadTokenEstimate } from "../pricing/index.ts";

/**
 * Prices and token estimates for the logs of one pipeline. They begin to load in the background
 * when it is made; until then, and where they can't be loaded, calls have no costs. That is said
 * once.
 */
export class CallPricing {
  /** Settles when as much is there as will be. Never rejects. */
  readonly ready: Promise<void>;
  readonly assembleOptions: Pick<AssembleOptions, "price" | "estimateTokens"> = {
    price: (call) => this.#price?.(call),
    estimateTokens: (text) => this.#estimateTokens?.(text),
  };
  #price: AssembleOptions["price"];
  #estimateTokens: AssembleOptions["estimateTokens"];
  #isReady = false;

  constructor() {
    this.ready = this.#load();
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  async #load(): Promise<void> {
    try {
      [this.#price, this.#estimateTokens] = await Promise.all([loadPrices(), loadTokenEstimate()]);
    } catch (error) {
      diag.warn(
        "flowspan: prices: expected @pydantic/genai-prices and tokenx to load, got an error. Logs have no costs but those that providers tell. Install both, or set `prices: false`.",
        diagText(error),
      );
    }
    this.#isReady = true;
  }
}
