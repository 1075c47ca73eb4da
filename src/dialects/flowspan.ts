import {
  ATTR_OUTCOME,
  ATTR_QUERY_ENVIRONMENT,
  ATTR_QUERY_VERSION_ID,
  ATTR_TRUNCATED,
  ATTR_TYPE,
} from "../base/attributes.ts";
import { type JsonText, reparseJsonText, toJsonText } from "../base/json-text.ts";
import { LOG_FIELDS, type LogField } from "../base/log-fields.ts";
import type { LogType, VersionQuery } from "../base/log-types.ts";
import type { RecordedLog } from "../base/shared-state.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { asText } from "./attribute-values.ts";
import { readSharedMeta } from "./shared-meta.ts";
import type { Dialect } from "./span-reading.ts";

/**
 * Spans of our own wrappers.
 *
 * What this process recorded is taken as it is. From elsewhere only the attributes come: JSON
 * text among them is parsed first, and what is broken is left out and named in
 * `metadata.flowspan.unreadable`.
 */
export const flowspan: Dialect = {
  read(span): SpanReading | undefined {
    if (span.recorded !== undefined) return readRecorded(span, span.recorded);
    const type = span.attributes[ATTR_TYPE];
    return isLogType(type) ? readAttributes(span, type) : undefined;
  },
};

function isLogType(value: unknown): value is LogType {
  return value === "flow" || value === "prompt" || value === "tool";
}

function readRecorded(span: SpanView, recorded: RecordedLog): SpanReading {
  const { type, fields, query } = recorded;
  const meta = { ...readSharedMeta(span.attributes), ...recorded.meta };
  return { type, ...OWN, fields, query, meta, name: asText(span.name) };
}

const OWN = { own: true, inference: false, operation: undefined } as const;

function readAttributes(span: SpanView, type: LogType): SpanReading {
  const fields: Record<string, JsonText> = {};
  const meta = readSharedMeta(span.attributes);
  const unreadable: string[] = [];
  for (const field of LOG_FIELDS) {
    const value = span.attributes[field.attribute];
    if (value === undefined || !field.types.includes(type)) continue;
    const text = attributeToText(field, value);
    if (text === undefined) unreadable.push(field.wire);
    else fields[field.wire] = text;
  }
  const outcome = asText(span.attributes[ATTR_OUTCOME]);
  if (outcome !== undefined) meta.outcome = toJsonText(outcome);
  const truncated = asText(span.attributes[ATTR_TRUNCATED]);
  const truncatedText = truncated === undefined ? undefined : reparseJsonText(truncated);
  if (truncatedText !== undefined) meta.truncated = truncatedText;
  if (unreadable.length > 0) meta.unreadable = toJsonText(unreadable);
  return { type, ...OWN, fields, query: readQuery(span), meta, name: asText(span.name) };
}

/** The attribute's JSON text; `undefined` when it is not what the field holds. */
function attributeToText(field: LogField, value: unknown): JsonText | undefined {
  switch (field.kind) {
    case "string":
    case "number":
    case "boolean":
      return typeof value === field.kind ? toJsonText(value) : undefined;
    case "text":
      return typeof value === "string" ? toJsonText(value) : undefined;
    case "json":
      return typeof value === "string" ? reparseJsonText(value) : undefined;
    default: {
      const never: never = field.kind;
      return never;
    }
  }
}

function readQuery(span: SpanView): VersionQuery {
  return {
    versionId: asText(span.attributes[ATTR_QUERY_VERSION_ID]),
    deployedEnvironment: asText(span.attributes[ATTR_QUERY_ENVIRONMENT]),
  };
}
