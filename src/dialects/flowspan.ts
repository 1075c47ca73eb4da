import {
  ATTR_CALL,
  ATTR_OPERATION_NAME,
  ATTR_OUTCOME,
  ATTR_QUERY_ENVIRONMENT,
  ATTR_QUERY_VERSION_ID,
  ATTR_TRUNCATED,
  ATTR_TYPE,
  ATTR_UNREADABLE,
} from "../base/attributes.ts";
import { encodeJson } from "../base/encode.ts";
import type { EncodeLimits } from "../base/encode-limits.ts";
import { type JsonText, mergeObjectTexts, toJsonText } from "../base/json-text.ts";
import { LOG_FIELDS, type LogField } from "../base/log-fields.ts";
import type { LogType, VersionQuery } from "../base/log-types.ts";
import { maskSecrets } from "../base/mask.ts";
import type { RecordedLog } from "../base/shared-state.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { asNumber, asObject, asStructure, asText } from "./attribute-values.ts";
import { FieldWriter, scalarText } from "./field-writer.ts";
import { readSharedMeta } from "./shared-meta.ts";

/**
 * What a span of our own wrappers or of the fetch hook says; `undefined` for any other span.
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
  const meta = { ...readMeta(span, type), ...recorded.meta };
  return { type, ...whose(span), fields, query, meta };
}

/** As `save` is written to a span. */
const ATTR_SAVE = "flowspan.save";

/** A wrapper's span is named by its path. One of the fetch hook is a provider's call. */
function whose({
  name,
  attributes,
}: SpanView): Pick<SpanReading, "own" | "inference" | "operation" | "name"> {
  return attributes[ATTR_CALL] === undefined
    ? { own: true, inference: false, operation: undefined, name: asText(name) }
    : {
        own: false,
        inference: true,
        operation: asText(attributes[ATTR_OPERATION_NAME]),
        name: undefined,
      };
}

/** What stands in attributes however the rest was recorded. */
function readMeta({ attributes }: SpanView, type: LogType): Record<string, JsonText> {
  const meta = readSharedMeta(attributes);
  const inputTokens = asNumber(attributes["gen_ai.usage.input_tokens"]);
  if (type === "tool" && inputTokens !== undefined) {
    // Only Prompt logs have token fields.
    const usage = toJsonText({ prompt_tokens: inputTokens });
    meta.usage = mergeObjectTexts(usage, meta.usage) ?? usage;
  }
  const unreadable = asText(attributes[ATTR_UNREADABLE])?.split(", ").map(maskSecrets);
  if (unreadable !== undefined) meta.unreadable = toJsonText(unreadable);
  return meta;
}

function readAttributes(span: SpanView, type: LogType, limits: EncodeLimits): SpanReading {
  const { attributes } = span;
  const writer = new FieldWriter(limits);
  const meta = readMeta(span, type);
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
  return { type, ...whose(span), fields: writer.fields, query: readQuery(span), meta };
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
