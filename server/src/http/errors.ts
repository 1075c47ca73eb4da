import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";
import { HEADERS } from "./headers.ts";

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
    if (error instanceof ApiError) {
      const { status, detail, retryAfterSeconds } = error;
      if (retryAfterSeconds !== undefined) reply.header("retry-after", retryAfterSeconds);
      return reply.code(status).send({ detail });
    }
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ detail: error.message });
    onError(error);
    return reply.code(500).send({ detail: "Internal server error. Nothing was stored." });
  };
}

/**
 * Answers a URL that no route can be looked up for, before any hook has run. It is not repeated:
 * clients put keys into their queries.
 */
export function answerBadUrl(
  { statusCode = 400 }: FastifyError,
  reply: FastifyReply,
): FastifyReply {
  const detail =
    statusCode === 414
      ? "URL is too long: a part of its path has too many characters."
      : "URL: expected percent-encoded UTF-8.";
  return reply.code(statusCode).headers(HEADERS).send({ detail });
}

/** Answers a path that nothing is at. */
export function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .send({ detail: `${request.method} ${request.url.split("?")[0]} not found.` });
}
