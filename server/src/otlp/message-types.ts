/** How one field of a protobuf message is written. */
export interface FieldType {
  /** The name it has in OTLP/JSON. */
  readonly name: string;
  readonly kind: "string" | "hex" | "base64" | "bool" | "double" | "int" | "fixed32" | "fixed64";
  readonly repeated?: false;
}

/** A field that holds messages. */
export interface MessageField {
  readonly name: string;
  readonly kind: "message";
  /** A function, as messages hold one another. */
  readonly type: () => MessageType;
  readonly repeated: boolean;
}

/** A message's fields by their numbers. */
export type MessageType = ReadonlyMap<number, FieldType | MessageField>;

function scalar(kind: FieldType["kind"], name: string): FieldType {
  return { name, kind };
}

function one(name: string, type: () => MessageType): MessageField {
  return { name, kind: "message", type, repeated: false };
}

function many(name: string, type: () => MessageType): MessageField {
  return { name, kind: "message", type, repeated: true };
}

// Field numbers of the published messages; what is not read here is passed over.
// https://github.com/open-telemetry/opentelemetry-proto/tree/main/opentelemetry/proto

const ANY_VALUE: MessageType = new Map<number, FieldType | MessageField>([
  [1, scalar("string", "stringValue")],
  [2, scalar("bool", "boolValue")],
  [3, scalar("int", "intValue")],
  [4, scalar("double", "doubleValue")],
  [5, one("arrayValue", () => ARRAY_VALUE)],
  [6, one("kvlistValue", () => KEY_VALUE_LIST)],
  [7, scalar("base64", "bytesValue")],
]);

const ARRAY_VALUE: MessageType = new Map([[1, many("values", () => ANY_VALUE)]]);

const KEY_VALUE_LIST: MessageType = new Map([[1, many("values", () => KEY_VALUE)]]);

const KEY_VALUE: MessageType = new Map<number, FieldType | MessageField>([
  [1, scalar("string", "key")],
  [2, one("value", () => ANY_VALUE)],
]);

const RESOURCE: MessageType = new Map([[1, many("attributes", () => KEY_VALUE)]]);

const SCOPE: MessageType = new Map([
  [1, scalar("string", "name")],
  [2, scalar("string", "version")],
]);

const EVENT: MessageType = new Map<number, FieldType | MessageField>([
  [1, scalar("fixed64", "timeUnixNano")],
  [2, scalar("string", "name")],
  [3, many("attributes", () => KEY_VALUE)],
]);

const LINK: MessageType = new Map<number, FieldType | MessageField>([
  [1, scalar("hex", "traceId")],
  [2, scalar("hex", "spanId")],
  [4, many("attributes", () => KEY_VALUE)],
]);

const STATUS: MessageType = new Map([
  [2, scalar("string", "message")],
  [3, scalar("int", "code")],
]);

const SPAN: MessageType = new Map<number, FieldType | MessageField>([
  [1, scalar("hex", "traceId")],
  [2, scalar("hex", "spanId")],
  [3, scalar("string", "traceState")],
  [4, scalar("hex", "parentSpanId")],
  [5, scalar("string", "name")],
  [6, scalar("int", "kind")],
  [7, scalar("fixed64", "startTimeUnixNano")],
  [8, scalar("fixed64", "endTimeUnixNano")],
  [9, many("attributes", () => KEY_VALUE)],
  [11, many("events", () => EVENT)],
  [13, many("links", () => LINK)],
  [15, one("status", () => STATUS)],
  [16, scalar("fixed32", "flags")],
]);

const SCOPE_SPANS: MessageType = new Map([
  [1, one("scope", () => SCOPE)],
  [2, many("spans", () => SPAN)],
]);

const RESOURCE_SPANS: MessageType = new Map([
  [1, one("resource", () => RESOURCE)],
  [2, many("scopeSpans", () => SCOPE_SPANS)],
]);

const LOG_RECORD: MessageType = new Map<number, FieldType | MessageField>([
  [1, scalar("fixed64", "timeUnixNano")],
  [5, one("body", () => ANY_VALUE)],
  [6, many("attributes", () => KEY_VALUE)],
  [9, scalar("hex", "traceId")],
  [10, scalar("hex", "spanId")],
  [11, scalar("fixed64", "observedTimeUnixNano")],
  [12, scalar("string", "eventName")],
]);

const SCOPE_LOGS: MessageType = new Map([[2, many("logRecords", () => LOG_RECORD)]]);

const RESOURCE_LOGS: MessageType = new Map([[2, many("scopeLogs", () => SCOPE_LOGS)]]);

/** `ExportLogsServiceRequest`. */
export const LOGS_REQUEST: MessageType = new Map([[1, many("resourceLogs", () => RESOURCE_LOGS)]]);

/** `ExportTraceServiceRequest`. */
export const TRACES_REQUEST: MessageType = new Map([
  [1, many("resourceSpans", () => RESOURCE_SPANS)],
]);
