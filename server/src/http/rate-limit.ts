/** How many clients are remembered: those heard of longest ago are forgotten first. */
const MAX_CLIENTS = 10_000;

/** What a rate limit is made of. */
export interface RateLimitOptions {
  /** How many requests a second each client has on average. */
  readonly perSecond: number;
  /** How many it has at once after a pause. */
  readonly burst: number;
  /** Milliseconds that only ever go forward. */
  readonly clock: () => number;
}

/** Counts what clients send. */
export interface RateLimit {
  /**
   * Takes one of a client's requests. Where it has none left: how long until it has one again,
   * in milliseconds.
   */
  take(client: string): number | undefined;
}

interface Bucket {
  readonly tokens: number;
  readonly filledMillis: number;
}

/**
 * Makes a rate limit: one token bucket for each client. Memory is bounded: a client that is
 * forgotten starts anew with a full bucket.
 */
export function createRateLimit({ perSecond, burst, clock }: RateLimitOptions): RateLimit {
  if (perSecond === Infinity) return { take: () => undefined };
  const buckets = new Map<string, Bucket>();

  return {
    take: (client) => {
      const nowMillis = clock();
      const { tokens, filledMillis } = buckets.get(client) ?? {
        tokens: burst,
        filledMillis: nowMillis,
      };
      const filled = Math.min(burst, tokens + ((nowMillis - filledMillis) * perSecond) / 1_000);
      const isTaken = filled >= 1;
      // Put at the end, so that the first is always the one heard of longest ago.
      buckets.delete(client);
      buckets.set(client, { tokens: isTaken ? filled - 1 : filled, filledMillis: nowMillis });
      if (buckets.size > MAX_CLIENTS) buckets.delete(buckets.keys().next().value as string);
      return isTaken ? undefined : ((1 - filled) * 1_000) / perSecond;
    },
  };
}

/**
 * The part of an address that stands for one client: of IPv6 the first 64 bits, as whoever has
 * one such address has them all.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [before = "", after] = address.replace(/%.*$/, "").split("::");
  const head = before === "" ? [] : before.split(":");
  const tail = after ? after.split(":") : [];
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => "0");
  return [...head, ...zeros, ...tail].slice(0, 4).join(":");
}
