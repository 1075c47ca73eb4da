import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";
import { createByteBudget } from "./byte-budget.ts";

/** How long a client that is sent away waits before it asks again, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/** What one request holds of the bytes that all bodies may have at once. */
export interface BodyClaim {
  /**
   * Refuses a body that is known to be of so many bytes before any of it is read.
   *
   * Errors: as for `take`.
   */
  expect(bytes: number): void;
  /**
   * Takes bytes that were read, unpacked or parsed.
   *
   * Errors: 503 with `Retry-After` where others hold too much, 413 where this body alone does.
   */
  take(bytes: number): void;
}

/**
 * Gives each request its claim on `inflightBytes`. It ends when the request is answered, also
 * where its client has gone: until then what it sent is in memory.
 *
 * Only bytes that came are counted, not those that were promised: a client that announces much and
 * sends nothing takes nothing from others.
 */
export function createBodyClaims(
  server: FastifyInstance,
  inflightBytes: number,
): (request: FastifyRequest) => BodyClaim {
  const budget = createByteBudget(inflightBytes);
  const held = new WeakMap<FastifyRequest, number>();
  server.addHook("onSend", async (request) => {
    budget.giveBack(held.get(request) ?? 0);
    held.delete(request);
  });

  return (request) => {
    const refuse = (bytes: number): ApiError => {
      if ((held.get(request) ?? 0) + bytes > budget.bytes) {
        return new ApiError(413, "Request body is too large to be read into memory.");
      }
      const detail = "Too many bodies are being read. Send this one again later.";
      return new ApiError(503, detail, RETRY_AFTER_SECONDS);
    };
    return {
      expect: (bytes) => {
        if (!budget.hasRoomFor(bytes)) throw refuse(bytes);
      },
      take: (bytes) => {
        if (!budget.take(bytes)) throw refuse(bytes);
        held.set(request, (held.get(request) ?? 0) + bytes);
      },
    };
  };
}
