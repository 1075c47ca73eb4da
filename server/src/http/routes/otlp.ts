import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { ApiError } from "../../domain/api-error.ts";
import {
  takeEvents,
  takeSpans,
  toEventRecord,
  toSpanRecord,
} from "../../domain/projection/take-spans.ts";
import { quoteLongIntegers } from "../../otlp/exact-integers.ts";
import { LOGS_REQUEST, type MessageType, TRACES_REQUEST } from "../../otlp/message-types.ts";
import { decodeRequest, encodeResponse } from "../../otlp/protobuf.ts";
import { readLogs } from "../../otlp/read-logs.ts";
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
 * OTLP/HTTP, as JSON or protobuf. `POST /traces`: spans are stored, and the logs of their traces
 * follow before it is answered. `POST /logs`: of log records, the messages of models are stored and
 * join their spans; all others are passed over.
 *
 * What can't be taken is counted in the answer's `partialSuccess`, and keeps nothing else out.
 *
 * Errors, as `google.rpc.Status`: 400 for what can't be read, 415 for another media type, 413 for
 * more spans or messages than `batchLogs`, and those of every route.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function addOtlpRoutes(server: FastifyInstance, options: OtlpRouteOptions): void {
  const { context, limits, metrics, onError } = options;
  server.setErrorHandler(createOtlpErrorHandler(onError));
  server.addHook("preParsing", async (request) => {
    if (!request.is404 && otlpTypeOf(request) === undefined) {
      throw new ApiError(415, `Content-Type: expected ${OTLP_PROTOBUF} or ${OTLP_JSON}.`);
    }
  });

  const traces = {
    schema: describeRoute("Take OTLP spans", "ExportTraceServiceRequest"),
    config: { readBody: readOtlpBody(TRACES_REQUEST, limits.jsonDepth) },
  };
  server.post("/traces", traces, async (request, reply): Promise<FastifyReply> => {
    const read = readTraces(bodyOf(request)) ?? refuse("resourceSpans");
    const { spans, rejected, reason } = read;
    refuseMany(spans.length, limits.batchLogs);
    const records = spans.map(toSpanRecord);
    await write(context, request.projectId, (session) => takeSpans(session, records));
    metrics.countSpans(spans.length, rejected);

    const errorMessage = `${reason}${rejected > 1 ? ` (and ${rejected - 1} more)` : ""}`;
    if (otlpTypeOf(request) === OTLP_PROTOBUF) {
      return reply.type(OTLP_PROTOBUF).send(Buffer.from(encodeResponse(rejected, errorMessage)));
    }
    const partialSuccess = { rejectedSpans: String(rejected), errorMessage };
    return reply.send(rejected === 0 ? {} : { partialSuccess });
  });

  const logs = {
    schema: describeRoute("Take OTLP log records of models' messages", "ExportLogsServiceRequest"),
    config: { readBody: readOtlpBody(LOGS_REQUEST, limits.jsonDepth) },
  };
  server.post("/logs", logs, async (request, reply): Promise<FastifyReply> => {
    const events = readLogs(bodyOf(request)) ?? refuse("resourceLogs");
    refuseMany(events.length, limits.batchLogs);
    const records = events.map(toEventRecord);
    await write(context, request.projectId, (session) => takeEvents(session, records));
    return otlpTypeOf(request) === OTLP_PROTOBUF
      ? reply.type(OTLP_PROTOBUF).send(Buffer.from(encodeResponse(0, "")))
      : reply.send({});
  });
}

function describeRoute(summary: string, message: string): FastifySchema {
  const consumes = [OTLP_JSON, OTLP_PROTOBUF];
  const description = `An ${message}, as ${consumes.join(" or ")}.`;
  return { summary, description, tags: ["otlp"], consumes };
}

/** In protobuf, no bytes at all are a message without fields. */
function bodyOf(request: FastifyRequest): unknown {
  return request.body ?? (otlpTypeOf(request) === OTLP_PROTOBUF ? {} : undefined);
}

function refuse(field: string): never {
  throw new ApiError(400, `Body: expected an object with ${field}.`);
}

function refuseMany(count: number, most: number): void {
  if (count > most) throw new ApiError(413, `A request takes ${most} at most. Send it in parts.`);
}

function readOtlpBody(type: MessageType, jsonDepth: number): ReadBody {
  return (bytes, request, claim) => {
    if (otlpTypeOf(request) === OTLP_JSON) {
      return parseJson(bytes, jsonDepth, claim, quoteLongIntegers);
    }
    try {
      return decodeRequest(bytes, type, claim.take);
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError(400, "Body is not valid OTLP in protobuf");
    }
  };
}
