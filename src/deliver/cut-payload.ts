import type { JsonText } from "../base/json-text.ts";
import { toJsonText } from "../base/json-text.ts";
import { LOG_FIELDS } from "../base/log-fields.ts";
import type { Operation } from "../base/log-types.ts";
import { BYTES_PER_CHARACTER } from "./operation-bytes.ts";

const PAYLOAD: ReadonlySet<string> = new Set(
  LOG_FIELDS.filter((field) => field.payload).map((field) => field.wire),
);

type Fields = Readonly<Record<string, JsonText>>;

/**
 * The operation without its payload fields; their names and sizes in bytes go to
 * `metadata.flowspan.truncated`. The very same operation where it sends no payload.
 */
export function cutPayload(operation: Operation): Operation {
  const { log } = operation;
  const sends = operation.op === "update" ? operation.changed : Object.keys(log.fields);
  const cut = sends.filter((name) => PAYLOAD.has(name) && log.fields[name] !== undefined);
  if (cut.length === 0) return operation;
  const kept: Record<string, JsonText> = {};
  for (const [name, text] of Object.entries(log.fields)) {
    if (!PAYLOAD.has(name)) kept[name] = text;
  }
  kept.metadata = withTruncated(log.fields, cut);
  const lean = { ...log, fields: kept };
  if (operation.op !== "update") return { ...operation, log: lean };
  const changed = sends.filter((name) => !PAYLOAD.has(name) && name !== "metadata");
  return { op: "update", log: lean, changed: [...changed, "metadata"] };
}

/** Memory of the payload fields that an operation sends, in bytes, about. */
export function payloadBytes(operation: Operation): number {
  if (operation.op === "complete") return 0;
  const { fields } = operation.log;
  const sends = operation.op === "update" ? operation.changed : Object.keys(fields);
  let characters = 0;
  for (const name of sends) if (PAYLOAD.has(name)) characters += fields[name]?.length ?? 0;
  return BYTES_PER_CHARACTER * characters;
}

/** A later operation on a log whose create was cut, without the payload that it only repeats. */
export function withoutUnsentPayload(operation: Operation): Operation {
  if (operation.op !== "update") return cutPayload(operation);
  const { log, changed } = operation;
  const kept = Object.entries(log.fields).filter(
    ([name]) => !PAYLOAD.has(name) || changed.includes(name),
  );
  return { op: "update", log: { ...log, fields: Object.fromEntries(kept) }, changed };
}

function withTruncated(fields: Fields, cut: readonly string[]): JsonText {
  const metadata = parseObject(fields.metadata);
  const own = isObject(metadata.flowspan) ? metadata.flowspan : {};
  const truncated: Record<string, unknown> = isObject(own.truncated) ? { ...own.truncated } : {};
  for (const name of cut) truncated[name] ??= Buffer.byteLength(fields[name] ?? "");
  return toJsonText({ ...metadata, flowspan: { ...own, truncated } });
}

function parseObject(text: JsonText | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
