import type { LogRecord, LogType } from "../store/records.ts";
import { adoptLogs, mayHaveLogsBelow } from "./adopt-logs.ts";
import { conflict } from "./api-error.ts";
import { newId } from "./ids.ts";
import { pickFields, summarise } from "./log-fields.ts";
import type { LogRequest } from "./log-request.ts";
import { placeLog } from "./place-log.ts";
import { findFile, resolveVersion } from "./resolve-version.ts";
import { rewriteLog } from "./rewrite-log.ts";
import type { WriteSession } from "./write-session.ts";

/**
 * Adds a log, or, where its `log_id` is there already, merges what is new into it: later
 * non-null values win and nothing un-ends, so that sending a log again does no harm.
 *
 * @throws {ApiError} what `placeLog` and `resolveVersion` throw, and 409 where the log that is
 * there has another type, file or trace.
 */
export async function createLog(session: WriteSession, request: LogRequest): Promise<LogRecord> {
  const named = await nameTrace(session, request);
  const existing = named.logId === undefined ? undefined : await session.findHeader(named.logId);
  if (existing !== undefined) {
    // One that is made of spans alone takes the file that the API says.
    const isTakenOver = existing.origin === "spans" && existing.type === named.type;
    if (!isTakenOver) await requireSameFile(session, named, existing);
    return rewriteLog(session, existing.id, named, "merge");
  }

  const place = await placeLog(session, named);
  const { file, version } = await resolveVersion(session, named.type, named.file, named.target);
  const id = named.logId ?? newId("log_");
  const save = named.save ?? true;
  const fields = pickFields(named.type, named.fields, save);
  const log: LogRecord = {
    id,
    traceId: place.traceId ?? id,
    parentId: place.parentId,
    type: named.type,
    fileId: file.id,
    versionId: version.id,
    status: named.type === "flow" ? (named.status ?? "incomplete") : undefined,
    startMicros: named.startMicros ?? undefined,
    endMicros: named.endMicros ?? undefined,
    createdMicros: named.createdMicros ?? session.nowMicros,
    save,
    late: place.late,
    waitsFor: place.waitsFor,
    ...summarise(fields),
    fieldsJson: JSON.stringify(fields),
  };
  const mayHaveLogs = await mayHaveLogsBelow(session, log);
  await session.transaction.insertLog(log);
  const below = mayHaveLogs ? await adoptLogs(session, log) : [];
  for (const each of [log, ...below]) session.written(each);
  session.countUse(version.id);
  return log;
}

/**
 * A Flow that names only a `trace_id` nobody has logged starts the trace of that id; this is how
 * the first clients of the Log API chose the id of a trace.
 */
async function nameTrace(session: WriteSession, request: LogRequest): Promise<LogRequest> {
  const { type, traceId, logId, parentId } = request;
  const startsTrace =
    type === "flow" && logId === undefined && parentId === undefined && traceId !== undefined;
  if (!startsTrace || (await session.findHeader(traceId)) !== undefined) return request;
  return { ...request, logId: traceId };
}

async function requireSameFile(
  session: WriteSession,
  request: LogRequest,
  existing: { readonly id: string; readonly type: LogType; readonly fileId: string },
): Promise<void> {
  const file =
    existing.type === request.type && (await findFile(session, request.type, request.file));
  if (!file || file.id !== existing.fileId) {
    throw conflict(`Log "${existing.id}" belongs to another File.`);
  }
}
