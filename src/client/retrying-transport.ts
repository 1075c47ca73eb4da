import { retryDelayMillis } from "./retry-delay.ts";
import type { Transport, TransportRequest, TransportResult } from "./transport.ts";

export interface RetryingTransportOptions {
  /** How long one request may take, retries and waiting included. */
  readonly deadlineMillis: number;
  /** Milliseconds since any fixed point. Default a clock that never jumps. */
  readonly now?: () => number;
  /** 0 to 1. Default `Math.random`. */
  readonly random?: () => number;
  /** Waits; default by a timer. */
  readonly sleep?: (millis: number) => Promise<void>;
}

/** A transport that sends again what another one calls retryable, until a deadline. */
export class RetryingTransport implements Transport {
  readonly #inner: Transport;
  readonly #options: Required<RetryingTransportOptions>;
  #closed = false;

  constructor(inner: Transport, options: RetryingTransportOptions) {
    this.#inner = inner;
    this.#options = {
      now: () => performance.now(),
      random: Math.random,
      sleep,
      ...options,
    };
  }

  async send(request: TransportRequest): Promise<TransportResult> {
    const { deadlineMillis, now, random } = this.#options;
    const deadline = now() + deadlineMillis;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#inner.send(request);
      if (result.status !== "retryable" || this.#closed) return result;
      const delay = retryDelayMillis(attempt, result.retryInMillis, random);
      if (now() + delay >= deadline) return result;
      await this.#options.sleep(delay);
    }
  }

  shutdown(): Promise<void> {
    this.#closed = true;
    return this.#inner.shutdown();
  }
}

function sleep(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}
