import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";
import { encodeStatus } from "../otlp/protobuf.ts";
import type { ErrorListener } from "./errors.ts";

/** OTLP's two media types. */
export const OTLP_JSON = "application/json";
export const OTLP_PROTOBUF = "application/x-protobuf";

/** The media type that a request was sent in, of OTLP's two; `undefined` for any other. */
export function otlpTypeOf({ sentType }: FastifyRequest): string | undefined {
  const type = sentType?.split(";")[0]?.trim().toLowerCase();
  return type === OTLP_JSON || type === OTLP_PROTOBUF ? type : undefined;
}

/** The codes of gRPC that go with HTTP's. @see https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
const CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  403: 7,
  404: 5,
  413: 8,
  415: 3,
  429: 8,
  500: 13,
  503: 14,
};
const UNKNOWN_CODE = 2;

/**
 * Answers every error of OTLP's routes as OTLP wants it: a `google.rpc.Status` in the request's own
 * encoding. What can't be read is 400, which no exporter sends again.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#failures
 */
export function createOtlpErrorHandler(
  onError: ErrorListener,
): (error: FastifyError | ApiError, request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  return (error, request, reply) => {
    const sent = error instanceof ApiError ? error.status : (error.statusCode ?? 500);
    const status = sent === 422 ? 400 : sent;
    const isOurs = status === 500 && !(error instanceof ApiError);
    if (isOurs) onError(error);
    const message = isOurs ? "Internal server error. Nothing was stored." : error.message;
    if (error instanceof ApiError && error.retryAfterSeconds !== undefined) {
      reply.header("retry-after", error.retryAfterSeconds);
    }
    const code = CODES[status] ?? UNKNOWN_CODE;
    reply.code(status);
    return otlpTypeOf(request) === OTLP_PROTOBUF
      ? reply.type(OTLP_PROTOBUF).send(Buffer.from(encodeStatus(code, message)))
      : reply.send({ code, message });
  };
}
