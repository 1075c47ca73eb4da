import { asInteger, asMessage, fieldOf, listOf, type Message } from "./json-shape.ts";

/**
 * An `AnyValue` as a plain value: text, boolean, number, list or object. Bytes stay the base64
 * text they are in JSON, an integer that no number holds becomes text, and what has no value or a
 * wrong one is `null`.
 *
 * @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto
 */
export function readAnyValue(value: unknown): unknown {
  const message = asMessage(value);
  if (message === undefined) return null;
  const text = fieldOf(message, "stringValue") ?? fieldOf(message, "bytesValue");
  if (typeof text === "string") return text;
  const flag = fieldOf(message, "boolValue");
  if (typeof flag === "boolean") return flag;
  const integer = asInteger(fieldOf(message, "intValue"));
  if (integer !== undefined) return plainInteger(integer);
  const number = fieldOf(message, "doubleValue");
  if (number !== undefined) return plainNumber(number);
  const list = asMessage(fieldOf(message, "arrayValue"));
  if (list !== undefined) return (listOf(list, "values") ?? []).map(readAnyValue);
  const entries = asMessage(fieldOf(message, "kvlistValue"));
  return entries === undefined ? null : readKeyValues(entries, "values");
}

/** A field that holds a list of `KeyValue` as one object. Of two entries of one key the later wins. */
export function readKeyValues(message: Message, name: string): Readonly<Record<string, unknown>> {
  const entries: [string, unknown][] = [];
  for (const each of listOf(message, name) ?? []) {
    const entry = asMessage(each);
    const key = entry === undefined ? undefined : fieldOf(entry, "key");
    if (entry === undefined || typeof key !== "string" || key === "") continue;
    entries.push([key, readAnyValue(fieldOf(entry, "value"))]);
  }
  // Not by storing one after another: `__proto__` would be no key then.
  return Object.fromEntries(entries);
}

function plainInteger(integer: bigint): number | string {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer.toString();
}

/** JSON has no number for `NaN` and the infinities, so they are written as text. */
function plainNumber(value: unknown): number | string | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "string") return null;
  const number = Number(value);
  return Number.isFinite(number) && value.trim() !== "" ? number : value;
}
