import type { LogDraft, VersionQuery } from "../base/log-types.ts";
import type { BodyWriter } from "./body-writer.ts";
import type { Entry } from "./trace-line.ts";
import { nearestIn, wireId } from "./trace-line.ts";

/**
 * Writes one entry of `POST logs/batch` as JSON, put together from the texts of its fields:
 * content is not encoded a second time.
 */
export function writeBatchEntry(writer: BodyWriter, entry: Entry): void {
  const { operation, line } = entry;
  const { op, log } = operation;
  writer.write(`{"op":"${op}","type":"${log.type}","log_id":${quote(wireId(line, log.id))}`);
  if (op === "complete") {
    writer.write(',"trace_status":"complete"}');
    return;
  }
  if (op === "create") {
    writer.write(placeText(entry) + queryText(log.query));
    if (log.type === "flow") writer.write(',"trace_status":"incomplete"');
  }
  writeFields(writer, log, op === "update" ? operation.changed : Object.keys(log.fields));
  writer.write("}");
}

/** `,"name":value` for each named field. Wire names need no escaping. */
function writeFields(writer: BodyWriter, log: LogDraft, names: readonly string[]): void {
  for (const name of names) {
    const value = log.fields[name];
    if (value === undefined) continue;
    writer.write(`,"${name}":`);
    writer.write(value);
  }
}

/** Where the log stands in its trace, below its nearest ancestor that is in. */
function placeText({ operation: { log }, line, isUnderElsewhere }: Entry): string {
  const parentId = nearestIn(line, log.parentId);
  if (log.rootId === undefined || parentId === undefined) return "";
  const parent = quote(wireId(line, parentId));
  const mayFollow = isUnderElsewhere ? ',"parent_may_follow":true' : "";
  if (log.type === "flow" && mayFollow === "") return `,"trace_parent_id":${parent}`;
  const root = quote(wireId(line, log.rootId));
  return `,"trace_id":${root},"trace_parent_log_id":${parent}${mayFollow}`;
}

function queryText({ versionId, deployedEnvironment }: VersionQuery): string {
  if (versionId === undefined && deployedEnvironment === undefined) return "";
  return `,"query":${JSON.stringify({ version_id: versionId, environment: deployedEnvironment })}`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
