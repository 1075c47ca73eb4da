import type { LogRecord } from "../store/records.ts";
import type { StoreReader } from "../store/store.ts";
import { createFileViews } from "./file-views.ts";
import { isInTrace } from "./place-log.ts";
import { formatTime } from "./time.ts";

/** Gives logs as clients read them, as JSON text: stored fields are copied, not parsed. */
export interface LogViews {
  /** A log without the logs below it. */
  logJson(log: LogRecord): Promise<string>;
  /** A log with `trace_children`, at any depth. */
  treeJson(log: LogRecord): Promise<string>;
}

/** Makes the views of one response from one project. */
export function createLogViews(reader: StoreReader): LogViews {
  const files = createFileViews(reader);
  const traceFileIds = new Map<string, string | undefined>();

  async function traceFileId(traceId: string): Promise<string | undefined> {
    if (!traceFileIds.has(traceId)) {
      traceFileIds.set(traceId, (await reader.findLogHeader(traceId))?.fileId);
    }
    return traceFileIds.get(traceId);
  }

  async function logJson(log: LogRecord): Promise<string> {
    const known = {
      id: log.id,
      created_at: formatTime(log.createdMicros),
      start_time: time(log.startMicros),
      end_time: time(log.endMicros),
      save: log.save,
      ...(isInTrace(log) && {
        trace_id: log.traceId,
        trace_flow_id: await traceFileId(log.traceId),
        trace_parent_id: log.parentId,
      }),
      ...(log.status && { log_status: log.status, trace_status: log.status }),
      ...(log.late && { late: true }),
      evaluator_logs: [],
    };
    const stored = log.fieldsJson.slice(1, -1);
    const file = `"${log.type}":${await files.viewJson(log.versionId)}`;
    return `{${JSON.stringify(known).slice(1, -1)},${stored}${stored && ","}${file}}`;
  }

  async function treeJson(log: LogRecord): Promise<string> {
    return writeTree(log, groupByParent(log, await reader.listLogTree(log)), logJson);
  }

  return { logJson, treeJson };
}

function time(micros: number | undefined): string | undefined {
  return micros === undefined ? undefined : formatTime(micros);
}

/** The logs below a top by the log they are under, else under the top, in the order given. */
function groupByParent(
  top: LogRecord,
  logs: readonly LogRecord[],
): ReadonlyMap<string, readonly LogRecord[]> {
  const ids = new Set(logs.map(({ id }) => id));
  const children = new Map<string, LogRecord[]>();
  for (const log of logs) {
    // In a circle of logs the top is also below itself.
    if (log.parentId === undefined || log.id === top.id) continue;
    const parentId = ids.has(log.parentId) ? log.parentId : top.id;
    const siblings = children.get(parentId);
    if (siblings === undefined) children.set(parentId, [log]);
    else siblings.push(log);
  }
  return children;
}

/** Walks with a stack of its own: a trace may be deeper than calls may nest. */
async function writeTree(
  root: LogRecord,
  children: ReadonlyMap<string, readonly LogRecord[]>,
  toJson: (log: LogRecord) => Promise<string>,
): Promise<string> {
  const parts: string[] = [];
  const open: { readonly below: readonly LogRecord[]; next: number }[] = [];

  async function enter(log: LogRecord): Promise<void> {
    parts.push((await toJson(log)).slice(0, -1), ',"trace_children":[');
    open.push({ below: children.get(log.id) ?? [], next: 0 });
  }

  await enter(root);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    const child = level.below[level.next];
    if (child === undefined) {
      parts.push("]}");
      open.pop();
    } else {
      if (level.next > 0) parts.push(",");
      level.next += 1;
      await enter(child);
    }
  }
  return parts.join("");
}
