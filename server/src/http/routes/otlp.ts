import type { FastifyInstance, FastifyReply } from "fastify";
import { ApiError } from "../../domain/api-error.ts";
import { takeSpans, toSpanRecord } from "../../domain/projection/take-spans.ts";
import { quoteLongIntegers } from "../../otlp/exact-integers.ts";
import { decodeTraces, encodeResponse } from "../../otlp/protobuf.ts";
import { readTraces } from "../../otlp/read-traces.ts";
import { parseJson, type ReadBody } from "../body-parser.ts";
import { type ServerContext, write } from "../context.ts";
import type { ErrorListener } from "../errors.ts";
import type { ServerLimits } from "../limits.ts";
import type { Metrics } from "../metrics.ts";
import { createOtlpErrorHandler, OTLP_JSON, OTLP_PROTOBUF, otlpTypeOf } from "../otlp-errors.ts";

/** What the routes are made of. */
export interface OtlpRouteOptions {
  readonly context: ServerContext;
  readonly limits: ServerLimits;
  readonly metrics: Pick<Metrics, "countSpans">;
  readonly onError: ErrorListener;
}

/**
 * `POST /traces`: OTLP/HTTP, as JSON or protobuf. Spans are stored, and the logs of their traces
 * follow before it is answered. A span that can't be taken is counted in the answer's
 * `partialSuccess`, and keeps no other one out.
 *
 * Errors, as `google.rpc.Status`: 400 for what can't be read, 415 for another media type, 413 for
 * more spans than `batchLogs`, and those of every route.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function addOtlpRoutes(server: FastifyInstance, options: OtlpRouteOptions): void {
  const { context, limits, metrics, onError } = options;
  server.setErrorHandler(createOtlpErrorHandler(onError));
  server.addHook("preParsing", async (request) => {
    if (otlpTypeOf(request) === undefined) {
      throw new ApiError(415, `Content-Type: expected ${OTLP_PROTOBUF} or ${OTLP_JSON}.`);
    }
  });
  const schema = {
    summary: "Take OTLP spans",
    description: `An ExportTraceServiceRequest, as ${OTLP_JSON} or ${OTLP_PROTOBUF}.`,
    tags: ["otlp"],
    consumes: [OTLP_JSON, OTLP_PROTOBUF],
  };
  const config = { readBody: readOtlpBody(limits.jsonDepth) };
  server.post("/traces", { schema, config }, async (request, reply): Promise<FastifyReply> => {
    const isProtobuf = otlpTypeOf(request) === OTLP_PROTOBUF;
    // In protobuf, no bytes at all are a message without fields.
    const body = request.body ?? (isProtobuf ? {} : undefined);
    const traces = readTraces(body);
    if (traces === undefined)
      throw new ApiError(400, "Body: expected an object with resourceSpans.");
    const { spans, rejected, reason } = traces;
    if (spans.length > limits.batchLogs) {
      throw new ApiError(413, `A request takes ${limits.batchLogs} spans at most. Send fewer.`);
    }
    const records = spans.map(toSpanRecord);
    await write(context, request.projectId, (session) => takeSpans(session, records));
    metrics.countSpans(spans.length, rejected);

    const errorMessage = `${reason}${rejected > 1 ? ` (and ${rejected - 1} more)` : ""}`;
    if (isProtobuf) {
      return reply.type(OTLP_PROTOBUF).send(Buffer.from(encodeResponse(rejected, errorMessage)));
    }
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage };
    return reply.send(rejected === 0 ? {} : { partialSuccess });
  });
}

function readOtlpBody(jsonDepth: number): ReadBody {
  return (bytes, request, claim) => {
    if (otlpTypeOf(request) === OTLP_JSON) {
      return parseJson(bytes, jsonDepth, claim, quoteLongIntegers);
    }
    try {
      return decodeTraces(bytes, claim.take);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(400, "Body is not a valid ExportTraceServiceRequest");
    }
  };
}
