import { type JsonText, toJsonText } from "../../base/json-text.ts";
import type { LogDraft, Operation } from "../../base/log-types.ts";
import { type Entry, nearestIn, wireId } from "../trace-line.ts";

/**
 * One operation that waits, as a line of JSON. Logs are named as the server names them, and stand
 * under the nearest one that it has or will have.
 */
export function writeOperationRecord({ operation, line }: Entry): string {
  const { op, log } = operation;
  const parentId = nearestIn(line, log.parentId);
  const head = {
    op,
    changed: operation.op === "update" ? operation.changed : undefined,
    type: log.type,
    id: wireId(line, log.id),
    root_id: log.rootId && wireId(line, log.rootId),
    parent_id: parentId && wireId(line, parentId),
    query: log.query,
    ended: log.ended,
    save: log.save,
  };
  const fields = Object.entries(log.fields).map(
    ([name, text]) => `${JSON.stringify(name)}:${text}`,
  );
  return `{"operation":${JSON.stringify(head).slice(0, -1)},"fields":{${fields.join(",")}}}}`;
}

/** The operation of a record that `writeOperationRecord` wrote; `undefined` for anything else. */
export function readOperationRecord(record: unknown): Operation | undefined {
  const read = isObject(record) ? record.operation : undefined;
  if (!isObject(read) || !isObject(read.fields) || typeof read.id !== "string") return undefined;
  const { op, changed, type, id, root_id, parent_id, query, ended, save } = read;
  const fields: Record<string, JsonText> = {};
  for (const [name, value] of Object.entries(read.fields)) fields[name] = toJsonText(value);
  // Its checksum says that it is as it was written.
  const log = { type, id, rootId: root_id, parentId: parent_id, query, ended, save, fields };
  return { op, log: log as LogDraft, ...(op === "update" && { changed }) } as Operation;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
