import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";
import type { AccessCheck } from "./access.ts";
import type { ServerLimits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { createRateLimit, networkOf } from "./rate-limit.ts";

/** A hook that lets a request in, or refuses it by throwing. */
type Hook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/**
 * Gives hooks that let no client send more often than it may. Who passes the check is counted as
 * one client wherever it asks from, so that a proxy before the server is not taken for one;
 * whoever is refused, or needs no key, is counted by its address. An address is the connection's:
 * headers that name another are not believed.
 *
 * Errors: those of the check; 429 with `Retry-After`, in seconds.
 */
export function createClientLimit(
  { requestsPerSecond, requestBurst }: ServerLimits,
  metrics: Metrics,
): (check?: AccessCheck) => Hook {
  const clock = () => performance.now();
  const rate = createRateLimit({ perSecond: requestsPerSecond, burst: requestBurst, clock });

  const take = (client: string, reply: FastifyReply): void => {
    const waitMillis = rate.take(client);
    if (waitMillis === undefined) return;
    metrics.countRateLimited();
    reply.header("retry-after", Math.ceil(waitMillis / 1_000));
    throw new ApiError(429, "Too many requests. Wait as long as Retry-After says.");
  };

  return (check) => async (request, reply) => {
    const address = `address ${networkOf(request.ip)}`;
    if (check === undefined) return take(address, reply);
    try {
      check(request);
    } catch (error) {
      take(address, reply);
      throw error;
    }
    take("key", reply);
  };
}
