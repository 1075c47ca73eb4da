import {
  ATTR_OUTCOME,
  ATTR_QUERY_ENVIRONMENT,
  ATTR_QUERY_VERSION_ID,
  ATTR_TRUNCATED,
  ATTR_TYPE,
} from "../base/attributes.ts";
import { encodeJson } from "../base/encode.ts";
import type { EncodeLimits } from "../base/encode-limits.ts";
import { toJsonText } from "../base/json-text.ts";
import { LOG_FIELDS, type LogField } from "../base/log-fields.ts";
import type { LogType, VersionQuery } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";
import type { RecordedLog } from "../base/shared-state.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { asObject, asStructure, asText } from "./attribute-values.ts";
import { FieldWriter, scalarText } from "./field-writer.ts";
import { readSharedMeta } from "./shared-meta.ts";

/**
 * What a span of our own wrappers says; `undefined` for any other span.
 *
 * What this process recorded is taken as it is. From elsewhere only the attributes come: JSON
 * text among them is parsed first, and what is broken is left out and named in
 * `metadata.flowspan.unreadable`.
 */
export function readFlowspan(span: SpanView, limits: EncodeLimits): SpanReading | undefined {
  if (span.recorded !== undefined) return readRecorded(span, span.recorded);
  const type = span.attributes[ATTR_TYPE];
  return isLogType(type) ? readAttributes(span, type, limits) : undefined;
}

function isLogType(value: unknown): value is LogType {
  return value === "flow" || value === "prompt" || value === "tool";
}

function readRecorded(span: SpanView, recorded: RecordedLog): SpanReading {
  const { type, fields, query } = recorded;
  const meta = { ...readSharedMeta(span.attributes), ...recorded.meta };
  return { type, ...OWN, fields, query, meta, name: asText(span.name) };
}

/** As `save` is written to a span. */
const ATTR_SAVE = "flowspan.save";

const OWN = { own: true, inference: false, operation: undefined } as const;

function readAttributes(span: SpanView, type: LogType, limits: EncodeLimits): SpanReading {
  const { attributes } = span;
  const writer = new FieldWriter(limits);
  const meta = readSharedMeta(attributes);
  const unreadable: string[] = [];
  for (const field of LOG_FIELDS) {
    const value = attributes[field.attribute];
    if (value === undefined || !field.types.includes(type)) continue;
    // What was emptied when `save: false` was said.
    if (field.payload && attributes[ATTR_SAVE] === false) continue;
    if (!writeAttribute(writer, field, value)) unreadable.push(field.wire);
  }
  const outcome = asText(attributes[ATTR_OUTCOME]);
  if (outcome !== undefined) meta.outcome = scalarText(outcome);
  const truncated = asObject(asStructure(attributes[ATTR_TRUNCATED])) ?? {};
  const sizes = { ...truncated, ...writer.truncated };
  if (Object.keys(sizes).length > 0) meta.truncated = encodeJson(sizes, "metadata", limits).text;
  if (unreadable.length > 0) meta.unreadable = toJsonText(unreadable);
  const { fields } = writer;
  return { type, ...OWN, fields, query: readQuery(span), meta, name: asText(span.name) };
}

/** False when the attribute is not what the field holds. */
function writeAttribute(writer: FieldWriter, { kind, wire }: LogField, value: unknown): boolean {
  if (kind === "text" || kind === "json" ? typeof value !== "string" : typeof value !== kind) {
    return false;
  }
  if (kind === "text") writer.text(wire, value);
  else if (kind !== "json") writer.scalar(wire, value as string | number | boolean);
  else return writeJson(writer, wire, value as string);
  return true;
}

function writeJson(writer: FieldWriter, wire: string, text: string): boolean {
  try {
    writer.json(wire, JSON.parse(text));
    return true;
  } catch {
    return false;
  }
}

function maskedText(value: unknown): string | undefined {
  const text = asText(value);
  return text === undefined ? undefined : maskSecrets(text);
}

function readQuery(span: SpanView): VersionQuery {
  return {
    versionId: maskedText(span.attributes[ATTR_QUERY_VERSION_ID]),
    deployedEnvironment: maskedText(span.attributes[ATTR_QUERY_ENVIRONMENT]),
  };
}
