import type { FastifyInstance, FastifyReply } from "fastify";
import { notFound } from "../../domain/api-error.ts";
import type { Caller } from "../../domain/callers.ts";
import type { LogFields } from "../../domain/log-fields.ts";
import { type LogRequest, toLogRequest } from "../../domain/log-request.ts";
import { createLogViews } from "../../domain/log-views.ts";
import { TYPE_NAMES } from "../../domain/resolve-version.ts";
import { rewriteLog } from "../../domain/rewrite-log.ts";
import type { WriteSession } from "../../domain/write-session.ts";
import type { LogRecord, LogType } from "../../store/records.ts";
import type { StoreReader } from "../../store/store.ts";
import { read, type ServerContext, write } from "../context.ts";
import { patchBodies } from "../schemas/logs.ts";
import { sendJson } from "../send-json.ts";

interface FlowParams {
  readonly log_id: string;
}

interface FileParams extends FlowParams {
  readonly id: string;
}

/** `PATCH` of a log: null clears a field, a field left out stays. */
export function addPatchLogRoutes(server: FastifyInstance, context: ServerContext): void {
  const flow = { schema: { summary: "Update a Flow log", tags: ["logs"], body: patchBodies.flow } };
  // The first clients of the Log API use the path without the "s".
  for (const path of ["/flows/logs/:log_id", "/flows/log/:log_id"]) {
    server.patch<{ Body: LogFields; Params: FlowParams }>(
      path,
      flow,
      async ({ body, params, projectId, caller }, reply): Promise<FastifyReply> => {
        const request = patchRequest("flow", body);
        const log = await write(context, projectId, (session) =>
          patch(session, request, params.log_id),
        );
        context.countLogs(1);
        return sendJson(reply, await answerJson(read(context, projectId), log, caller));
      },
    );
  }
  for (const type of ["prompt", "tool"] as const) {
    const schema = { summary: `Update a ${type} log`, tags: ["logs"], body: patchBodies[type] };
    server.patch<{ Body: LogFields; Params: FileParams }>(
      `/${type}s/:id/log/:log_id`,
      { schema },
      async ({ body, params, projectId, caller }, reply): Promise<FastifyReply> => {
        const request = patchRequest(type, body);
        const log = await write(context, projectId, (session) =>
          patch(session, request, params.log_id, params.id),
        );
        context.countLogs(1);
        return sendJson(reply, await answerJson(read(context, projectId), log, caller));
      },
    );
  }
}

/** The log as it is now, with the ids that a new log is answered with; the ids alone to who may not read. */
async function answerJson(
  reader: StoreReader,
  log: LogRecord,
  caller: Caller | undefined,
): Promise<string> {
  const ids = JSON.stringify({ [`${log.type}_id`]: log.fileId, version_id: log.versionId });
  // The log holds what others wrote into it.
  if (!caller?.scopes.includes("read")) {
    return `${ids.slice(0, -1)},"id":${JSON.stringify(log.id)}}`;
  }
  const json = await createLogViews(reader).logJson(log);
  return `${ids.slice(0, -1)},${json.slice(1)}`;
}

/** A patch says nothing of a log's place, file, version or whether payloads are kept. */
function patchRequest(type: LogType, body: LogFields): LogRequest {
  const allowed = Object.keys(patchBodies[type].shape);
  const fields = Object.fromEntries(Object.entries(body).filter(([key]) => allowed.includes(key)));
  return toLogRequest(type, fields, {});
}

async function patch(
  session: WriteSession,
  request: LogRequest,
  logId: string,
  fileId?: string,
): Promise<LogRecord> {
  const existing = await session.findHeader(logId);
  const isMeant =
    existing?.type === request.type && (fileId === undefined || existing.fileId === fileId);
  if (!isMeant) throw notFound(`${TYPE_NAMES[request.type]} Log "${logId}" not found.`);
  return rewriteLog(session, existing.id, request, "patch");
}
