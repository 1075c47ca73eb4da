import type { LogHeader, LogRecord, TraceStatus } from "../store/records.ts";
import { conflict, notFound } from "./api-error.ts";
import type { LogFields } from "./log-fields.ts";
import { mergeFields, patchFields, pickFields, summarise, withoutPayloads } from "./log-fields.ts";
import type { LogRequest } from "./log-request.ts";
import { resolveVersion } from "./resolve-version.ts";
import { earlier, later, type WriteSession } from "./write-session.ts";

/** How far up it is looked whether a log would come below itself. */
const MAX_LEVELS_ABOVE = 1_000;

/** `merge`: null says nothing. `patch`: null clears a field. */
export type RewriteMode = "merge" | "patch";

/**
 * Changes a log that is there. What the request leaves out stays; `save: false`, once said,
 * stays said. A Flow's times only widen, because they cover its children; a patch that completes
 * a Flow ends it now where neither it nor its children have ended. One that is made of spans takes
 * what is said of it, and its place stays theirs to say.
 *
 * @throws {ApiError} 409 where the trace would differ, the parent would be below the log, or a
 * patch would reopen a complete Flow log; 404 and 422 as `resolveVersion` does.
 */
export async function rewriteLog(
  session: WriteSession,
  logId: string,
  request: LogRequest,
  mode: RewriteMode,
): Promise<LogRecord> {
  // What a Flow's children have ended at decides whether completing it ends it now.
  await session.widen();
  const existing = await session.findHeader(logId);
  const stored = await session.transaction.findLog(logId);
  if (existing === undefined || stored === undefined) throw notFound(`Log "${logId}" not found.`);

  const status = newStatus(session, existing, request, mode);
  const parentId = await newParent(session, existing, request);
  const version = await newVersion(session, existing, request, mode);
  const save = existing.save && request.save !== false;
  const fields = newFields(stored, request, mode, save);
  const times = newTimes(existing, request, mode);
  const isCompleted = status === "complete" && existing.status !== "complete";
  const log: LogRecord = {
    ...stored,
    ...version,
    ...newOrigin(stored, fields, request, mode),
    parentId,
    // A parent that it gets now is there.
    waitsFor: parentId === stored.parentId ? stored.waitsFor : undefined,
    status,
    save,
    startMicros: times.startMicros,
    endMicros: times.endMicros ?? (isCompleted && mode === "patch" ? session.nowMicros : undefined),
    createdMicros: request.createdMicros ?? stored.createdMicros,
    ...summarise(fields),
    fieldsJson: JSON.stringify(fields),
  };
  await session.transaction.updateLog(log);
  session.written(log);
  return log;
}

/** Logs that were sent in one batch may say "incomplete" after the end; only a patch means it. */
function newStatus(
  session: WriteSession,
  existing: LogHeader,
  request: LogRequest,
  mode: RewriteMode,
): TraceStatus | undefined {
  if (existing.type !== "flow") return undefined;
  if (existing.status !== "complete") return request.status ?? existing.status;
  if (request.status === "incomplete" && mode === "patch" && !session.acceptLate) {
    throw conflict(`Log "${existing.id}" is complete and can't become incomplete again.`);
  }
  return "complete";
}

async function newParent(
  session: WriteSession,
  existing: LogHeader,
  request: LogRequest,
): Promise<string | undefined> {
  // What is made of spans stands where they say.
  if (existing.origin !== undefined) return existing.parentId;
  const namedId = request.parentId ?? request.traceId;
  if (namedId === undefined || namedId === existing.parentId) return existing.parentId;
  if (namedId === existing.id && request.parentId === undefined) return existing.parentId;

  const named = await session.findHeader(namedId);
  if (named === undefined) throw notFound(`Parent Log "${namedId}" not found.`);
  if (named.traceId !== existing.traceId || existing.parentId === undefined) {
    throw conflict(`Log "${existing.id}" is in another Trace.`);
  }
  // Naming the trace alone says where the log is, not that it moves up under the root.
  if (request.parentId === undefined) return existing.parentId;
  await requireAbove(session, existing, named);
  return namedId;
}

async function requireAbove(
  session: WriteSession,
  existing: LogHeader,
  parent: LogHeader,
): Promise<void> {
  let above: LogHeader | undefined = parent;
  for (let level = 0; above !== undefined; level += 1) {
    if (above.id === existing.id) {
      throw conflict(`Log "${parent.id}" is below Log "${existing.id}" and can't be its parent.`);
    }
    if (level === MAX_LEVELS_ABOVE) {
      throw conflict(`Log "${parent.id}" is too deep in its Trace to take a Log that is there.`);
    }
    above = above.parentId === undefined ? undefined : await session.findHeader(above.parentId);
  }
}

type Version = Pick<LogHeader, "type" | "fileId" | "versionId">;

async function newVersion(
  session: WriteSession,
  existing: LogHeader,
  { type, file, target }: LogRequest,
  mode: RewriteMode,
): Promise<Version> {
  const { kernel, versionId, environment } = target;
  const isTakenOver = existing.origin === "spans" && mode === "merge";
  if (
    !isTakenOver &&
    kernel === undefined &&
    versionId === undefined &&
    environment === undefined
  ) {
    return { type: existing.type, fileId: existing.fileId, versionId: existing.versionId };
  }
  const reference = isTakenOver ? file : { id: existing.fileId };
  const { version } = await resolveVersion(session, type, reference, target);
  if (version.id !== existing.versionId) {
    session.countUse(existing.versionId, -1);
    session.countUse(version.id);
  }
  return { type, fileId: version.fileId, versionId: version.id };
}

/** What spans said of a log stays theirs until the API says it as well. */
function newOrigin(
  { origin, spanFields }: LogRecord,
  fields: LogFields,
  request: LogRequest,
  mode: RewriteMode,
): Pick<LogRecord, "origin" | "spanFields"> {
  if (origin === undefined) return {};
  const isSaid = (name: string) =>
    request.fields[name] !== undefined && (mode === "patch" || request.fields[name] !== null);
  const names = origin === "spans" ? Object.keys(fields) : (spanFields ?? []);
  return { origin: "both", spanFields: names.filter((name) => !isSaid(name)) };
}

function newFields(
  stored: LogRecord,
  request: LogRequest,
  mode: RewriteMode,
  save: boolean,
): LogFields {
  const before = JSON.parse(stored.fieldsJson) as LogFields;
  const said = pickFields(request.type, request.fields, save);
  const fields = mode === "patch" ? patchFields(before, said) : mergeFields(before, said);
  return save ? fields : withoutPayloads(fields);
}

function newTimes(
  existing: LogHeader,
  request: LogRequest,
  mode: RewriteMode,
): { startMicros: number | undefined; endMicros: number | undefined } {
  const { startMicros, endMicros } = request;
  if (existing.type === "flow") {
    return {
      startMicros: earlier(existing.startMicros, startMicros ?? undefined),
      endMicros: later(existing.endMicros, endMicros ?? undefined),
    };
  }
  const clears = mode === "patch";
  return {
    startMicros: clears && startMicros === null ? undefined : (startMicros ?? existing.startMicros),
    endMicros: clears && endMicros === null ? undefined : (endMicros ?? existing.endMicros),
  };
}
