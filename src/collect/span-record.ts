import {
  ATTR_CALL,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
  ATTR_SERVICE_NAME,
} from "../base/attributes.ts";
import { type JsonText, toJsonText } from "../base/json-text.ts";
import { maskSecrets } from "../base/mask.ts";
import { REMOTE_PARENT } from "../base/remote-parent.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";

type Texts = Readonly<Record<string, JsonText>>;

/** Attributes that assembling asks for beside the reading. None of them holds content. */
const ATTRIBUTES = [
  ATTR_CALL,
  ATTR_PROVIDER_NAME,
  ATTR_REQUEST_MODEL,
  "http.route",
  "http.request.method",
  "http.method",
  REMOTE_PARENT,
];

/**
 * One span as a line of JSON, with what its dialect made of it in the place of its attributes: the
 * log's fields, masked and cut, and nothing of the span that would not stand in a log.
 *
 * @param span with its reading, of which all is written.
 */
export function writeSpanRecord(span: SpanView): string {
  const { reading, contextFields } = span;
  const head = {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    parent_is_remote: span.parentIsRemote,
    name: masked(span.name),
    start: span.startTime,
    end: span.endTime,
    start_millis: span.recorded?.startMillis,
    service: masked(span.resource[ATTR_SERVICE_NAME]),
    attributes: pick(span.attributes),
    remote_parent: span.remoteParent,
  };
  const context = contextFields === undefined ? "" : `,"context_fields":${join(contextFields)}`;
  const read = reading === undefined ? "" : `,"reading":${writeReading(reading)}`;
  return `{"span":${JSON.stringify(head).slice(0, -1)}${context}${read}}}`;
}

function writeReading({ fields, meta, name, ...rest }: SpanReading): string {
  const head = JSON.stringify({ ...rest, name: masked(name) }).slice(0, -1);
  return `${head},"meta":${join(meta)},"fields":${join(fields)}}`;
}

/** These are masked where a log is made of them, which is not yet. */
function masked(value: unknown): unknown {
  return typeof value === "string" ? maskSecrets(value) : value;
}

/** Texts as one object; they are encoded already. */
function join(texts: Texts): string {
  let joined = "";
  for (const name in texts) {
    joined += `${joined === "" ? "" : ","}${JSON.stringify(name)}:${texts[name]}`;
  }
  return `{${joined}}`;
}

function pick(attributes: SpanView["attributes"]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of ATTRIBUTES) {
    if (attributes[name] !== undefined) picked[name] = masked(attributes[name]);
  }
  return picked;
}

/**
 * The span of a record that `writeSpanRecord` wrote: it assembles to the same log. `undefined` for
 * anything else. A span that had not ended when its process did counts as `unobserved`.
 */
export function readSpanRecord(record: unknown): SpanView | undefined {
  const span = isObject(record) ? record.span : undefined;
  if (!isObject(span) || !isTime(span.start)) return undefined;
  const { trace_id: traceId, span_id: spanId, parent_span_id: parentSpanId } = span;
  if (typeof traceId !== "string" || typeof spanId !== "string") return undefined;
  const endTime = isTime(span.end) ? span.end : undefined;
  const reading = readReading(span.reading, endTime === undefined);
  const startMillis = typeof span.start_millis === "number" ? span.start_millis : undefined;
  return {
    traceId,
    spanId,
    parentSpanId: typeof parentSpanId === "string" ? parentSpanId : undefined,
    parentIsRemote: typeof span.parent_is_remote === "boolean" ? span.parent_is_remote : undefined,
    name: typeof span.name === "string" ? span.name : "",
    startTime: span.start,
    endTime,
    status: { code: 0 },
    attributes: isObject(span.attributes) ? span.attributes : {},
    events: [],
    scopeName: "",
    resource: { [ATTR_SERVICE_NAME]: span.service },
    recorded:
      reading?.own && reading.type ? { ...reading, type: reading.type, startMillis } : undefined,
    contextFields: isObject(span.context_fields) ? split(span.context_fields) : undefined,
    remoteParent: isObject(span.remote_parent)
      ? (span.remote_parent as unknown as SpanView["remoteParent"])
      : undefined,
    reading,
  };
}

function readReading(value: unknown, isOpen: boolean): SpanReading | undefined {
  if (!isObject(value)) return undefined;
  const meta: Record<string, JsonText> = split(value.meta);
  if (isOpen) meta.outcome = toJsonText("unobserved");
  const reading = { ...value, meta, fields: split(value.fields) };
  // Its checksum says that it is as it was written.
  return reading as unknown as SpanReading;
}

/** An object's values as texts again. */
function split(object: unknown): Record<string, JsonText> {
  const texts: Record<string, JsonText> = {};
  for (const [name, value] of Object.entries(isObject(object) ? object : {})) {
    texts[name] = toJsonText(value);
  }
  return texts;
}

function isTime(value: unknown): value is SpanView["startTime"] {
  return Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "number";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
