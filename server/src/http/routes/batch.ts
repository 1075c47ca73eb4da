import type { FastifyInstance } from "fastify";
import { ApiError, invalidField } from "../../domain/api-error.ts";
import { type BatchEntry, writeBatch } from "../../domain/batch.ts";
import type { LogFields } from "../../domain/log-fields.ts";
import { type TargetQuery, toLogRequest } from "../../domain/log-request.ts";
import type { LogType } from "../../store/records.ts";
import { type ServerContext, write } from "../context.ts";
import { batchBody, batchEntry, logBodies } from "../schemas/logs.ts";
import { checkField } from "../validate.ts";

interface EntryFields extends LogFields {
  readonly op: "create" | "update" | "complete";
  readonly type: LogType;
  readonly query?: TargetQuery | null;
  readonly parent_may_follow?: boolean | null;
}

/**
 * `POST /logs/batch`: many logs in one transaction, each taken or refused on its own. More than
 * `maxLogs` would keep other requests waiting: 413.
 */
export function addBatchRoute(
  server: FastifyInstance,
  context: ServerContext,
  maxLogs: number,
): void {
  const schema = { summary: "Log many at once", tags: ["logs"], body: batchBody };
  server.post<{ Body: { logs: readonly unknown[] } }>(
    "/logs/batch",
    { schema },
    async ({ body, projectId }) => {
      if (body.logs.length > maxLogs) {
        throw new ApiError(413, `A batch takes ${maxLogs} logs at most. Send it in parts.`);
      }
      const entries = body.logs.map(toEntry);
      const logs = await write(context, projectId, (session) => writeBatch(session, entries), {
        acceptLate: true,
      });
      context.countLogs(logs.filter((answer) => !("detail" in answer)).length);
      return { logs };
    },
  );
}

function toEntry(value: unknown, index: number): BatchEntry {
  const where = ["body", "logs", index];
  const shapeError = checkField(batchEntry, value, where);
  if (shapeError !== undefined) return { error: shapeError };

  const fields = value as EntryFields;
  const fieldError = checkField(logBodies[fields.type], value, where);
  if (fieldError !== undefined) return { error: fieldError };

  const request = {
    ...toLogRequest(fields.type, fields, fields.query ?? {}),
    parentMayFollow: fields.parent_may_follow === true,
  };
  if (fields.op !== "create" && request.logId === undefined) {
    return { error: invalidField([...where, "log_id"], "Field required", "missing") };
  }
  return { operation: fields.op, request };
}
