import { UndiciTransport } from "../client/undici-transport.ts";
import type { LossNotes, Spool } from "../deliver/index.ts";
import { Delivery } from "../deliver/index.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** Enough for the document wire's requests at once. */
const CONNECTIONS = 16;

/** A delivery to the server that the options name. */
export function createDelivery(
  { url, apiKey, requestTimeoutMillis, maxQueueBytes }: ResolvedOptions,
  notes: LossNotes,
  disk: Spool | undefined,
): Delivery {
  const transport = new UndiciTransport({
    url,
    apiKey,
    requestTimeoutMillis,
    connections: CONNECTIONS,
    // A server that never answers would keep a program from its end: only a flush may, for a while.
    holdsProcess: false,
  });
  return new Delivery({ transport, isLoopback: url.isLoopback, maxQueueBytes, notes, disk });
}
