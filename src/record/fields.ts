import { LOG_FIELDS, type LogField } from "../base/log-fields.ts";

/** Fields by their option name. */
export const FIELD_BY_OPTION: ReadonlyMap<string, LogField> = new Map(
  LOG_FIELDS.map((field) => [field.option, field]),
);

/** Fields by their wire name. */
export const FIELD_BY_WIRE: ReadonlyMap<string, LogField> = new Map(
  LOG_FIELDS.map((field) => [field.wire, field]),
);

/** The fields that the runner itself fills. */
export const FIELDS: Readonly<Record<FilledField, LogField>> = {
  path: fieldOf("path"),
  inputs: fieldOf("inputs"),
  messages: fieldOf("messages"),
  output: fieldOf("output"),
  outputMessage: fieldOf("outputMessage"),
  error: fieldOf("error"),
  promptTokens: fieldOf("promptTokens"),
  outputTokens: fieldOf("outputTokens"),
  finishReason: fieldOf("finishReason"),
};

type FilledField =
  | "path"
  | "inputs"
  | "messages"
  | "output"
  | "outputMessage"
  | "error"
  | "promptTokens"
  | "outputTokens"
  | "finishReason";

function fieldOf(option: FilledField): LogField {
  const field = FIELD_BY_OPTION.get(option);
  if (field === undefined) throw new Error(`log-fields.ts: no field ${option}.`);
  return field;
}
