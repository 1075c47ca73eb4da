import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";

/** Hears of an error that is the server's own fault. */
export type ErrorListener = (error: unknown) => void;

/**
 * Answers every error in the shape the Log API's clients read: `{ detail }`. What goes wrong
 * inside is told to `onError` and kept from the client.
 */
export function createErrorHandler(
  onError: ErrorListener,
): (error: FastifyError | ApiError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, _, reply) => {
    if (error instanceof ApiError) return reply.code(error.status).send({ detail: error.detail });
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ detail: error.message });
    onError(error);
    return reply.code(500).send({ detail: "Internal server error. Nothing was stored." });
  };
}

/** Answers a path that nothing is at. */
export function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .send({ detail: `${request.method} ${request.url.split("?")[0]} not found.` });
}
