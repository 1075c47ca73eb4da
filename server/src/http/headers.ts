import type { FastifyInstance } from "fastify";

/** Carried by every answer, errors too. */
export const HEADERS: Readonly<Record<string, string>> = {
  // Tells clients that POST /v5/logs/batch is there.
  "flowspan-batch": "1",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  // No other page embeds an answer or keeps a hand on the window that shows one.
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** Puts the headers on every answer before anything can go wrong. */
export function addHeaders(server: FastifyInstance): void {
  server.addHook("onRequest", async (_, reply) => {
    reply.headers(HEADERS);
  });
}
