import type { Server } from "node:http";
import type { FastifyHttpOptions } from "fastify";

/**
 * What one request, one connection or one client may ask of a server. Each limit stands for
 * itself; what is left out has its default.
 */
export interface ServerLimits {
  /** The largest body, in bytes, counted after unpacking. Past it: 413. Default 64 MiB. */
  readonly bodyBytes: number;
  /**
   * The bytes of all bodies at once that are read, unpacked, parsed and not yet answered, and as
   * many of all answers that are being sent. Past it: 503 with `Retry-After`. Default 256 MiB.
   */
  readonly inflightBytes: number;
  /** How deep a body's objects and lists nest, at most 1,000. Past it: 422. Default 1,000. */
  readonly jsonDepth: number;
  /** How many logs one batch has, or spans one request of OTLP. Past it: 413. Default 50,000. */
  readonly batchLogs: number;
  /** The longest URL, in bytes. Past it: 414. Default 12 KiB. */
  readonly urlBytes: number;
  /** All headers of a request together with its URL, in bytes. Past it: 431. Default 16 KiB. */
  readonly headerBytes: number;
  /** How many connections are open at once; further ones are closed. Default 2,000. */
  readonly connections: number;
  /** How long headers may take to come, in milliseconds. Later: 408. Default 30,000. */
  readonly headersMillis: number;
  /** How long a whole request may take to come, in milliseconds. Later: 408. Default 300,000. */
  readonly requestMillis: number;
  /** How long a client may take to read a whole answer, in milliseconds. Default 300,000. */
  readonly answerMillis: number;
  /** How long a connection may wait for its next request, in milliseconds. Default 72,000. */
  readonly idleMillis: number;
  /**
   * How long nothing may move on a connection with a request or an answer under way, in
   * milliseconds, before it is closed: that of a client that never reads. Default 120,000.
   */
  readonly stalledMillis: number;
  /**
   * How many requests a second one client may send on average: one key, or without a right key
   * one address (of IPv6 one /64). Past it: 429 with `Retry-After`. `Infinity`: no limit.
   * Default 2,000; where no key is needed, none.
   */
  readonly requestsPerSecond: number;
  /** How many requests one client may send at once before that counts. Default 10,000. */
  readonly requestBurst: number;
}

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Deeper bodies could be read, but not written as JSON again. */
const MAX_JSON_DEPTH = 1_000;

/** Node's longest timer; a longer one would end at once. */
const MAX_MILLIS = 2 ** 31 - 1;

const DEFAULTS: ServerLimits = {
  bodyBytes: 64 * MIB,
  inflightBytes: 256 * MIB,
  jsonDepth: MAX_JSON_DEPTH,
  batchLogs: 50_000,
  urlBytes: 12 * KIB,
  headerBytes: 16 * KIB,
  connections: 2_000,
  headersMillis: 30_000,
  requestMillis: 300_000,
  answerMillis: 300_000,
  idleMillis: 72_000,
  stalledMillis: 120_000,
  requestsPerSecond: 2_000,
  requestBurst: 10_000,
};

/** Every limit, and how far one of them goes. */
export interface ResolvedLimits extends ServerLimits {
  /** Whether requests that need no key count too: where a rate was set. */
  readonly countsAnyone: boolean;
}

/**
 * Fills in what was left out.
 *
 * @throws {RangeError} for a limit that is no number it can have, and for a name that none has.
 */
export function resolveLimits(given: Partial<ServerLimits> = {}): ResolvedLimits {
  const unknown = Object.keys(given).find((name) => !(name in DEFAULTS));
  if (unknown !== undefined) {
    throw new RangeError(`limits.${unknown}: expected a limit, got a name that none has.`);
  }
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  const limits = { ...DEFAULTS, ...Object.fromEntries(set) };
  for (const name of Object.keys(DEFAULTS) as (keyof ServerLimits)[]) {
    checkLimit(name, limits[name]);
  }
  return { ...limits, countsAnyone: given.requestsPerSecond !== undefined };
}

/** What of the limits fastify and Node's own server hold. */
export function toListenerOptions(limits: ServerLimits): FastifyHttpOptions<Server> {
  const headersTimeout = Math.min(limits.headersMillis, limits.requestMillis);
  return {
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMillis,
    keepAliveTimeout: limits.idleMillis,
    connectionTimeout: limits.stalledMillis,
    http: {
      maxHeaderSize: limits.headerBytes,
      // A request without Host is refused by us, in the shape of every other answer.
      requireHostHeader: false,
      headersTimeout,
      requestTimeout: limits.requestMillis,
      // How late a timeout may be noticed. Node looks every 30 seconds, whatever the timeouts are.
      connectionsCheckingInterval: Math.min(5_000, Math.max(50, headersTimeout / 2)),
    },
  };
}

function checkLimit(name: keyof ServerLimits, value: unknown): void {
  const isNumber = typeof value === "number";
  if (name === "requestsPerSecond") {
    if (isNumber && value > 0) return;
    throw new RangeError(`limits.${name}: expected a number above 0, got ${String(value)}.`);
  }
  const most = mostOf(name);
  if (isNumber && Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(
    `limits.${name}: expected a number from 1 to ${most}, got ${String(value)}.`,
  );
}

function mostOf(name: keyof ServerLimits): number {
  if (name === "jsonDepth") return MAX_JSON_DEPTH;
  return name.endsWith("Millis") ? MAX_MILLIS : Number.MAX_SAFE_INTEGER;
}
