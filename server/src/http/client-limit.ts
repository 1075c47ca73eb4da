import type { FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";
import type { ResolvedLimits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { createRateLimit, networkOf } from "./rate-limit.ts";

/** Runs before a request's body is read; refuses it by throwing. */
type Hook = (request: FastifyRequest) => Promise<void>;

/**
 * Lets a request in and gives the name of its key, or `undefined` where it needs none. Refuses
 * it by throwing.
 */
export type Identify = (request: FastifyRequest) => Promise<string | undefined>;

/** Makes the hook for routes that ask who a client is, or for those that don't. */
export type LimitClient = (identify?: Identify) => Hook;

/**
 * Gives hooks that let no client send more often than it may. A key is one client wherever it
 * comes from, so that a proxy before the server is not taken for one. A request that is refused
 * or has no key is counted by its address, which is the connection's: of headers that name another
 * only those of trusted proxies are believed. Where nobody needs a key, that is done only where
 * a rate was set.
 *
 * Errors: those of `identify`; 429 with `Retry-After`, in seconds.
 */
export function createClientLimit(
  { requestsPerSecond, requestBurst, countsAnyone }: ResolvedLimits,
  metrics: Metrics,
  isKeyNeeded: () => Promise<boolean>,
): LimitClient {
  const clock = () => performance.now();
  const rate = createRateLimit({ perSecond: requestsPerSecond, burst: requestBurst, clock });

  const take = (client: string): void => {
    const waitMillis = rate.take(client);
    if (waitMillis === undefined) return;
    metrics.countRateLimited();
    const waitSeconds = Math.ceil(waitMillis / 1_000);
    throw new ApiError(429, "Too many requests. Wait as long as Retry-After says.", waitSeconds);
  };

  return (identify) => async (request) => {
    let key: string | undefined;
    try {
      key = await identify?.(request);
    } catch (error) {
      take(`address ${networkOf(request.ip)}`);
      throw error;
    }
    if (key !== undefined) take(`key ${key}`);
    else if (countsAnyone || (await isKeyNeeded())) take(`address ${networkOf(request.ip)}`);
  };
}
