import type { LogType } from "./log-types.ts";

/**
 * How a field's value is written.
 *
 * - `string`, `number`, `boolean`: a scalar, also kept as a scalar span attribute.
 * - `text`: a string made from any value; the span attribute holds it as it is.
 * - `json`: any JSON value; the span attribute holds its JSON text.
 */
export type FieldKind = "string" | "number" | "boolean" | "text" | "json";

/** One body field of the Log API's log endpoints. */
export interface LogField {
  /** Name on the wire, snake_case. */
  readonly wire: string;
  /** Name in options and in `record()`, camelCase. */
  readonly option: string;
  readonly kind: FieldKind;
  /** How its JSON text has to begin: with an object or a list. `undefined`: either, or a text. */
  readonly opens?: "{" | "[";
  readonly types: readonly LogType[];
  /** Payload: not stored with `save: false`. */
  readonly payload: boolean;
  /** The span attribute that carries it. */
  readonly attribute: string;
}

const ALL: readonly LogType[] = ["flow", "prompt", "tool"];
const PAYLOAD: Partial<LogField> = { payload: true };
const MESSAGES: Partial<LogField> = { payload: true, types: ["flow", "prompt"] };
const MODEL_CALL: Partial<LogField> = { types: ["prompt"] };

/** `opens` instead of a kind: JSON of that one form. */
function field(
  option: string,
  kindOrOpens: FieldKind | "{" | "[",
  more?: Partial<LogField>,
): LogField {
  const wire = option.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const opens = kindOrOpens === "{" || kindOrOpens === "[" ? kindOrOpens : undefined;
  const kind = opens ? "json" : (kindOrOpens as FieldKind);
  const attribute = `flowspan.${wire}`;
  return { wire, option, kind, opens, types: ALL, payload: false, attribute, ...more };
}

/**
 * Every body field that a caller may set, by the two documents of the Log API.
 *
 * `path` and `id` name the File; `save` also decides what else is kept. The two query parameters
 * are not here (`VersionQuery`), nor are ids and parents, which follow from the spans.
 */
export const LOG_FIELDS: readonly LogField[] = [
  field("path", "string"),
  field("id", "string"),
  field("inputs", "{", PAYLOAD),
  field("messages", "[", MESSAGES),
  field("output", "text", PAYLOAD),
  field("outputMessage", "{", MESSAGES),
  field("error", "text"),
  field("promptTokens", "number", { ...MODEL_CALL, attribute: "gen_ai.usage.input_tokens" }),
  field("outputTokens", "number", { ...MODEL_CALL, attribute: "gen_ai.usage.output_tokens" }),
  field("promptCost", "number", MODEL_CALL),
  field("outputCost", "number", MODEL_CALL),
  field("finishReason", "string", MODEL_CALL),
  field("toolChoice", "json", MODEL_CALL),
  field("prompt", "{", MODEL_CALL),
  field("flow", "{", { types: ["flow"] }),
  field("tool", "{", { types: ["tool"] }),
  field("startTime", "string"),
  field("endTime", "string"),
  field("createdAt", "string"),
  field("providerLatency", "number"),
  field("stdout", "text", PAYLOAD),
  field("providerRequest", "{", PAYLOAD),
  field("providerResponse", "{", PAYLOAD),
  field("source", "string"),
  field("metadata", "{"),
  field("sourceDatapointId", "string"),
  field("evaluationId", "string"),
  field("runId", "string"),
  field("batches", "["),
  field("user", "string", { attribute: "user.id" }),
  field("sessionId", "string", { attribute: "gen_ai.conversation.id" }),
  field("environment", "string"),
  field("save", "boolean"),
];
