import type { FastifyInstance } from "fastify";
import { formatTime } from "../../domain/time.ts";
import type { TraceRecord } from "../../store/records.ts";
import { read, type ServerContext } from "../context.ts";
import { type TracesQuery, tracesQuery } from "../schemas/queries.ts";

/** `GET /traces`: what the viewer lists, one row for each trace and each log that is alone. */
export function addTraceRoutes(server: FastifyInstance, context: ServerContext): void {
  const schema = { summary: "List traces", tags: ["viewer"], querystring: tracesQuery };
  server.get<{ Querystring: TracesQuery }>("/traces", { schema }, async ({ query, projectId }) => {
    const { traces, next } = await read(context, projectId).listTraces(query);
    return { traces: traces.map(toTraceRow), next };
  });
}

function toTraceRow(trace: TraceRecord): Readonly<Record<string, unknown>> {
  const { startMicros, endMicros } = trace;
  return {
    id: trace.id,
    path: trace.path,
    type: trace.type,
    trace_status: trace.status,
    start_time: startMicros === undefined ? undefined : formatTime(startMicros),
    end_time: endMicros === undefined ? undefined : formatTime(endMicros),
    created_at: formatTime(trace.createdMicros),
    error: trace.hasError,
    log_count: trace.logsCount,
    without_root: trace.hasRoot ? undefined : true,
    prompt_tokens: trace.promptTokens,
    output_tokens: trace.outputTokens,
    cost: trace.cost,
    user: trace.user,
  };
}
