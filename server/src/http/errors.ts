import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";

/** Answers every error in the shape the Log API's clients read: `{ detail }`. */
export function answerError(
  error: FastifyError | ApiError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof ApiError) return reply.code(error.status).send({ detail: error.detail });
  const status = error.statusCode ?? 500;
  if (status < 500) return reply.code(status).send({ detail: error.message });
  request.log.error(error);
  return reply.code(500).send({ detail: "Internal server error. The request was not stored." });
}

/** Answers a path that nothing is at. */
export function answerUnknownPath(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .send({ detail: `${request.method} ${request.url.split("?")[0]} not found.` });
}
