import { isInstance } from "../base/data-property.ts";
import { LOG_FIELDS, type LogField } from "../base/log-fields.ts";

/** The fields that are filled here by name. */
type FilledField =
  | "path"
  | "inputs"
  | "messages"
  | "output"
  | "outputMessage"
  | "error"
  | "promptTokens"
  | "outputTokens"
  | "finishReason"
  | "prompt"
  | "tool"
  | "toolChoice"
  | "providerLatency"
  | "providerRequest"
  | "providerResponse"
  | "stdout";

/** Fields by their option name; `undefined` for what is no field. */
export const FIELDS: Readonly<Record<FilledField, LogField>> &
  Readonly<Record<string, LogField | undefined>> = index("option");

/** Fields by their wire name. */
export const FIELDS_BY_WIRE: Readonly<Record<string, LogField | undefined>> = index("wire");

/** False for a scalar of another type than the field's. A date counts as its text. */
export function fits({ kind }: LogField, value: unknown): boolean {
  if (kind === "text" || kind === "json") return true;
  if (kind === "string" && isInstance(value, Date)) return true;
  return typeof value === kind && (kind !== "number" || Number.isFinite(value));
}

/** Without a prototype, so that `constructor` is no field. */
function index(key: "option" | "wire"): Record<FilledField, LogField> {
  return Object.assign(
    Object.create(null),
    Object.fromEntries(LOG_FIELDS.map((field) => [field[key], field])),
  );
}
