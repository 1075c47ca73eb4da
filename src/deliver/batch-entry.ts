import type { LogDraft, VersionQuery } from "../base/log-types.ts";
import type { Entry } from "./trace-line.ts";
import { nearestIn, wireId } from "./trace-line.ts";

/**
 * One entry of `POST logs/batch` as JSON text, put together from the texts of its fields: content
 * is not encoded a second time.
 */
export function batchEntryText(entry: Entry): string {
  const { operation, line } = entry;
  const { op, log } = operation;
  let text = `{"op":"${op}","type":"${log.type}","log_id":${quote(wireId(line, log.id))}`;
  if (op === "complete") return `${text},"trace_status":"complete"}`;
  if (op === "create") {
    text += placeText(entry) + queryText(log.query);
    if (log.type === "flow") text += ',"trace_status":"incomplete"';
  }
  return `${text}${fieldsText(log, op === "update" ? operation.changed : undefined)}}`;
}

/** `,"name":value` for each field, or for the named ones. Wire names need no escaping. */
function fieldsText(log: LogDraft, names?: readonly string[]): string {
  let text = "";
  for (const name of names ?? Object.keys(log.fields)) {
    const value = log.fields[name];
    if (value !== undefined) text += `,"${name}":${value}`;
  }
  return text;
}

/** Where the log stands in its trace, below its nearest ancestor that is in. */
function placeText({ operation: { log }, line }: Entry): string {
  const parentId = nearestIn(line, log.parentId);
  if (log.rootId === undefined || parentId === undefined) return "";
  const parent = quote(wireId(line, parentId));
  if (log.type === "flow") return `,"trace_parent_id":${parent}`;
  return `,"trace_id":${quote(wireId(line, log.rootId))},"trace_parent_log_id":${parent}`;
}

function queryText({ versionId, deployedEnvironment }: VersionQuery): string {
  if (versionId === undefined && deployedEnvironment === undefined) return "";
  return `,"query":${JSON.stringify({ version_id: versionId, environment: deployedEnvironment })}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
