import type { JsonText } from "../base/json-text.ts";
import { toJsonText } from "../base/json-text.ts";
import type { LogDraft, LogType } from "../base/log-types.ts";
import type { TransportRequest } from "../client/transport.ts";
import type { DocumentDialect } from "./document-dialect.ts";
import { documentFields, updatedFields } from "./document-fields.ts";
import type { Entry } from "./trace-line.ts";
import { nearestIn, wireId } from "./trace-line.ts";

type Fields = Record<string, JsonText>;

/** One operation as a request of the document wire. */
export interface DocumentRequest {
  readonly request: TransportRequest;
  /** Names the kind of body, for what is learned about its keys. */
  readonly endpoint: string;
  /** Keys of the body. */
  readonly keys: readonly string[];
  /** The dialect's version that it was written in. */
  readonly version: number;
}

const FOLDER: Readonly<Record<LogType, string>> = {
  flow: "flows",
  prompt: "prompts",
  tool: "tools",
};

/**
 * Writes one operation in the two documents' names; `undefined` where nothing of it can be sent,
 * because no field is left or the server never told the File's id.
 */
export function documentRequest(
  entry: Entry,
  dialect: DocumentDialect,
): DocumentRequest | undefined {
  const { operation, line, state } = entry;
  const { log } = operation;
  const status = (value: string): Fields => ({ [dialect.statusName]: toJsonText(value) });
  if (operation.op === "create") {
    const isFlow = log.type === "flow";
    const fields = { ...createFields(entry, dialect), ...(isFlow && status("incomplete")) };
    return write(dialect, "POST", `${FOLDER[log.type]}/log`, fields, queryOf(log));
  }
  if (log.type === "flow" && dialect.changesByPost) {
    const now = status(operation.op === "complete" ? "complete" : "incomplete");
    return write(
      dialect,
      "POST",
      "flows/log",
      { ...createFields(entry, dialect), ...now },
      queryOf(log),
    );
  }
  if (operation.op === "complete")
    return write(dialect, "PATCH", flowPath(entry), status("complete"));
  const fields = updatedFields(log.type, log.fields, operation.changed);
  if (log.type === "flow") return write(dialect, "PATCH", flowPath(entry), fields);
  if (state.fileId === undefined || state.isNameless) return undefined;
  const file = `${FOLDER[log.type]}/${encodeURIComponent(state.fileId)}`;
  return write(dialect, "PATCH", `${file}/log/${encodeURIComponent(wireId(line, log.id))}`, fields);
}

function createFields(entry: Entry, dialect: DocumentDialect): Fields {
  const { line, state, failures, isUnderElsewhere } = entry;
  const { log } = entry.operation;
  const place: Fields = {};
  if (log.type === "flow") place.log_id = toJsonText(log.id);
  const nearestId = nearestIn(line, log.parentId);
  state.isAlone ||= line.logs.get(nearestId ?? "")?.isAlone === true;
  // On this wire another process's Prompts and Tools have ids that nobody here knows; its root
  // Flow has the one that was chosen for it.
  const isLost = failures > 0 && isUnderElsewhere && !line.logs.has(nearestId ?? "");
  const parentId = isLost ? log.rootId : nearestId;
  if (log.rootId !== undefined && parentId !== undefined && !state.isAlone) {
    const parent = toJsonText(wireId(line, parentId));
    if (log.type === "flow" || dialect.usesTraceParentId) {
      place.trace_parent_id = parent;
    } else {
      place.trace_id = toJsonText(wireId(line, log.rootId));
      place.trace_parent_log_id = parent;
    }
  }
  return { ...place, ...documentFields(log.type, log.fields) };
}

function flowPath({ line, state }: Entry): string {
  return `flows/logs/${encodeURIComponent(wireId(line, state.id))}`;
}

function queryOf({ query }: LogDraft): TransportRequest["query"] {
  return { version_id: query.versionId, environment: query.deployedEnvironment };
}

function write(
  dialect: DocumentDialect,
  method: "POST" | "PATCH",
  path: string,
  fields: Fields,
  query?: TransportRequest["query"],
): DocumentRequest | undefined {
  const endpoint = `${method} ${path.split("/")[0]}`;
  const keys = Object.keys(fields).filter((key) => !dialect.isUnknown(endpoint, key));
  if (keys.length === 0) return undefined;
  const body = `{${keys.map((key) => `${JSON.stringify(key)}:${fields[key]}`).join(",")}}`;
  const request = { method, path, body, ...(query && { query }) };
  return { request, endpoint, keys, version: dialect.version };
}
