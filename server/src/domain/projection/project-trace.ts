import { setImmediate } from "node:timers/promises";
import { assemble } from "../../../../src/assemble/assemble.ts";
import type { AssembleOptions } from "../../../../src/assemble/options.ts";
import type { LogDraft } from "../../../../src/base/log-types.ts";
import type { LogEvent, SpanView } from "../../../../src/base/span-view.ts";
import { type ReceivedSpan, toSpanView } from "../../otlp/received-span.ts";
import type {
  Awaited,
  LogOutline,
  LogRecord,
  SpanEventRecord,
  TraceStatus,
} from "../../store/records.ts";
import { type LogFields, summarise } from "../log-fields.ts";
import type { WriteSession } from "../write-session.ts";
import { type Layout, layOut } from "./lay-out.ts";
import {
  draftToRequest,
  type FindWrongFields,
  findProjectedVersion,
  hashDraft,
  storedFields,
} from "./projected-log.ts";
import { joinSaidLogs } from "./said-logs.ts";
import { readLogId } from "./span-ids.ts";

/** How many logs are written before other work has its turn. */
const DRAFTS_AT_ONCE = 200;

/** How spans become logs. */
export interface ProjectionOptions {
  readonly assemble: AssembleOptions;
  readonly findWrongFields: FindWrongFields;
}

/**
 * Makes a trace's stored logs what its spans and the logs of the API say together, whatever was
 * stored before: logs appear, move to where they belong, take the fields they have now, and vanish.
 *
 * Guarantees:
 * - the same logs for the same spans, in however many parts and whatever order they came, but for
 *   `created_at` and `late`;
 * - a field that came by the API stays, and so does the log;
 * - logs that don't change are not written.
 */
export async function projectTrace(
  session: WriteSession,
  otelTraceId: string,
  options: ProjectionOptions,
): Promise<void> {
  const { transaction } = session;
  await transaction.lockTrace(otelTraceId);
  const records = await transaction.listSpans(otelTraceId);
  const logs = await transaction.listLogsOfSpans(otelTraceId);
  const stored = new Map(logs.map((log) => [log.id, log]));
  const events = groupEvents(await transaction.listSpanEvents(otelTraceId));
  const views = records.map(({ spanId, spanJson }) => ({
    ...toSpanView(JSON.parse(spanJson) as ReceivedSpan),
    logEvents: events.get(spanId),
  }));
  const { spans, withoutSpan } = await joinSaidLogs(session, views, logs);
  const drafts = assemble(spans, options.assemble);

  const drafted = new Set(drafts.map(({ id }) => id));
  const parents = new Set(drafts.map(({ parentId }) => parentId));
  const left = logs.filter(({ id }) => !drafted.has(id));
  const gone = new Set(left.filter((log) => isNeedless(log, parents)));
  const traceIds = new Set([...logs.map(({ traceId }) => traceId), ...drafted]);
  const others = await transaction.listOtherLogs([...traceIds], otelTraceId);
  const staying = [...left.filter((log) => !gone.has(log)), ...others];
  const layouts = layOut({
    drafts,
    stored,
    withoutSpan,
    others: new Map(staying.map((log) => [log.id, log])),
  });

  for (const { id, versionId } of gone) {
    session.countUse(versionId, -1);
    await transaction.deleteLogs([id]);
    session.removed(id);
  }
  const writer: Writer = {
    session,
    options,
    stored,
    layouts,
    spans: new Map(spans.map((span) => [span.spanId, span])),
    hasEnded: hasEnded(spans.filter(({ parentSpanId }) => parentSpanId === undefined)),
  };
  for (const [index, draft] of drafts.entries()) {
    // Of a large trace, others are answered meanwhile.
    if (index % DRAFTS_AT_ONCE === DRAFTS_AT_ONCE - 1) await setImmediate();
    const layout = layouts.get(draft.id) as Layout;
    const before = stored.get(draft.id);
    if (before !== undefined && withoutSpan.has(draft.id)) await place(writer, before, layout);
    else await writeDraft(writer, draft, before, layout);
  }
  for (const log of staying) {
    await place(writer, log, layouts.get(log.id) ?? log);
  }
}

function groupEvents(records: readonly SpanEventRecord[]): ReadonlyMap<string, LogEvent[]> {
  const events = new Map<string, LogEvent[]>();
  for (const { spanId, eventJson } of records) {
    const event = JSON.parse(eventJson) as LogEvent;
    const others = events.get(spanId);
    if (others === undefined) events.set(spanId, [event]);
    else others.push(event);
  }
  return events;
}

interface Writer {
  readonly session: WriteSession;
  readonly options: ProjectionOptions;
  readonly stored: ReadonlyMap<string, LogOutline>;
  readonly layouts: ReadonlyMap<string, Layout>;
  /** By span id. */
  readonly spans: ReadonlyMap<string, SpanView>;
  /** Whether the spans without a parent are there and have ended: one, mostly. */
  readonly hasEnded: boolean;
}

/** What was made of spans that make it no more, and a Flow that a process made for nothing. */
function isNeedless({ id, origin }: LogOutline, parents: ReadonlySet<string | undefined>): boolean {
  if (origin === "spans") return true;
  return readLogId(id)?.isMade === true && !parents.has(id);
}

async function writeDraft(
  writer: Writer,
  draft: LogDraft,
  before: LogOutline | undefined,
  layout: Layout,
): Promise<void> {
  const { session, options } = writer;
  const { transaction } = session;
  const projectionHash = hashDraft(draft);
  const status = statusOf(writer, draft, before);
  if (before?.projectionHash === projectionHash && before.status === status) {
    return place(writer, before, layout);
  }

  const request = draftToRequest(draft, options.findWrongFields);
  const isSaid = before !== undefined && before.origin !== "spans";
  const version = isSaid ? undefined : (await findProjectedVersion(session, request)).version;
  const said = isSaid ? await saidFields(writer, before.id) : {};
  const fields = { ...storedFields(request), ...said };
  const log: LogRecord = {
    id: draft.id,
    ...layout,
    waitsFor: await awaitedBy(writer, layout),
    type: isSaid ? before.type : draft.type,
    fileId: version?.fileId ?? (before as LogOutline).fileId,
    versionId: version?.id ?? (before as LogOutline).versionId,
    status,
    createdMicros: before?.createdMicros ?? request.createdMicros ?? session.nowMicros,
    save: draft.save && before?.save !== false,
    late: before?.late ?? (await isLate(writer, layout.traceId)),
    ...summarise(fields),
    fieldsJson: JSON.stringify(fields),
    origin: isSaid ? "both" : "spans",
    projectionHash,
    ...(isSaid && { spanFields: Object.keys(fields).filter((name) => !(name in said)) }),
  };
  if (before === undefined) {
    await transaction.insertLog(log);
  } else {
    if (before.traceId !== log.traceId) await transaction.placeLog(log);
    await transaction.updateLog(log);
  }
  session.placed(log);
  if (before?.versionId === log.versionId) return;
  if (before !== undefined) session.countUse(before.versionId, -1);
  session.countUse(log.versionId);
}

/** Writes where a log stands and when it was, where that has changed. */
async function place(writer: Writer, before: LogOutline, layout: Layout): Promise<void> {
  const { transaction } = writer.session;
  const log: LogOutline = {
    ...before,
    ...layout,
    waitsFor: await awaitedBy(writer, layout),
  };
  const { traceId, parentId, waitsFor } = before;
  if (log.traceId !== traceId || log.parentId !== parentId || log.waitsFor !== waitsFor) {
    await transaction.placeLog(log);
  }
  if (log.startMicros !== before.startMicros || log.endMicros !== before.endMicros) {
    await transaction.setLogTimes(log);
  }
  writer.session.placed(log);
}

/** What the API said of a log, without what its spans filled in. */
async function saidFields({ session }: Writer, logId: string): Promise<LogFields> {
  const stored = await session.transaction.findLog(logId);
  const fields = JSON.parse(stored?.fieldsJson ?? "{}") as LogFields;
  const fromSpans = new Set(stored?.spanFields);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !fromSpans.has(name)));
}

/** A Flow is complete when its span has ended; a made one, when the span that it is over has come. */
function statusOf(
  { spans, ...trace }: Writer,
  draft: LogDraft,
  before: LogOutline | undefined,
): TraceStatus | undefined {
  if (draft.type !== "flow") return undefined;
  if (before?.status === "complete" && before.origin !== "spans") return "complete";
  const ids = readLogId(draft.id);
  if (ids?.isMade !== true) return draft.ended ? "complete" : "incomplete";
  const over = spans.get(ids.spanId ?? "");
  const isComplete = ids.spanId === undefined ? trace.hasEnded : over?.endTime !== undefined;
  return isComplete ? "complete" : "incomplete";
}

function hasEnded(spans: readonly SpanView[]): boolean {
  return spans.length > 0 && spans.every(({ endTime }) => endTime !== undefined);
}

async function awaitedBy(
  { session, layouts }: Writer,
  { parentId, traceId }: Layout,
): Promise<Awaited | undefined> {
  const isThere = async (id: string) =>
    layouts.has(id) || (await session.findHeader(id)) !== undefined;
  if (parentId === undefined || (await isThere(parentId))) return undefined;
  return (await isThere(traceId)) ? "parent" : "root";
}

/** Exporters send in batches, each process its own: so long, in microseconds, spans may take to come. */
const ARRIVAL_MICROS = 60_000_000;

/** Whether the trace that a new log joins was complete before, and its root's end is long ago. */
async function isLate({ session, stored, layouts }: Writer, traceId: string): Promise<boolean> {
  const root = layouts.has(traceId) ? stored.get(traceId) : await session.findHeader(traceId);
  if (root?.status !== "complete") return false;
  return session.nowMicros - (root.endMicros ?? 0) > ARRIVAL_MICROS;
}
