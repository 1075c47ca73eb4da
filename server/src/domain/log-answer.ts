import type { LogRecord } from "../store/records.ts";
import type { LogRequest } from "./log-request.ts";

/** What a client hears of a log it sent: its id, its file's and its version's. */
export type LogAnswer = Readonly<Record<string, string>>;

/** The answer to a log request, in the shape of its type's endpoint. */
export function toLogAnswer(log: LogRecord, request: LogRequest): LogAnswer {
  const answer = { id: log.id, [`${log.type}_id`]: log.fileId, version_id: log.versionId };
  const sessionId = request.fields.session_id;
  return {
    ...answer,
    ...(log.status && { log_status: log.status, trace_status: log.status }),
    ...(typeof sessionId === "string" && { session_id: sessionId }),
  };
}
