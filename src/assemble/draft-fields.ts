import { type JsonText, mergeObjectTexts, toJsonText } from "../base/json-text.ts";
import { LOG_FIELDS } from "../base/log-fields.ts";
import type { LogType, VersionQuery } from "../base/log-types.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { withCost } from "./call-costs.ts";
import { completeKernel } from "./kernels.ts";
import type { AssembleOptions } from "./options.ts";
import { plain, serviceOf } from "./paths.ts";
import type { Place } from "./place.ts";
import { compareTimes, type SpanNode } from "./span-node.ts";
import { secondsText, timeText } from "./times.ts";

type Fields = Record<string, JsonText>;

const WIRE_NAMES: Readonly<Record<LogType, ReadonlySet<string>>> = {
  flow: wireNames("flow"),
  prompt: wireNames("prompt"),
  tool: wireNames("tool"),
};

function wireNames(type: LogType): ReadonlySet<string> {
  return new Set(
    LOG_FIELDS.filter((field) => field.types.includes(type)).map((field) => field.wire),
  );
}

/**
 * The body fields of one log: what was recorded, and what follows from the span.
 *
 * @param countsUsage false: its tokens and costs count on another log.
 */
export function draftFields(
  type: LogType,
  reading: SpanReading,
  { span, shared, usageAbove }: SpanNode,
  place: Place,
  countsUsage: boolean,
  options: AssembleOptions,
): Fields {
  const fields = withContext(type, reading, span.contextFields);
  if (place.path !== undefined) fields.path = place.path;
  // Named stores: they are the hot path, and a store by a variable's name is many times slower.
  fields.start_time ??= timeText(span.startTime);
  if (span.endTime !== undefined) {
    // A clock that was set back in between must not end a log before it began.
    const isBefore = compareTimes(span.endTime, span.startTime) < 0;
    fields.end_time ??= timeText(isBefore ? span.startTime : span.endTime);
    fields.provider_latency ??= secondsText(span.startTime, span.endTime);
  }
  if (shared.session_id !== undefined) fields.session_id ??= shared.session_id;
  if (shared.user !== undefined) fields.user ??= shared.user;
  const service = toJsonText(serviceOf(span, options));
  fields.source ??= service;
  const meta = countsUsage
    ? withCost(type, reading, fields, span, usageAbove ? { price: options.price } : options)
    : withoutUsage(reading.meta, fields);
  setKernel(type, fields, reading.query, span);
  if (!place.save) fields.save = "false" as JsonText;
  const flowspan = metadataText(meta, span, service);
  fields.metadata = mergeObjectTexts(fields.metadata, flowspan) ?? flowspan;
  return fields;
}

/** `{"flowspan": {...}}`: what the Log API has no field for, and the way back to the span. */
function metadataText(meta: SpanReading["meta"], span: SpanView, service: JsonText): JsonText {
  let text = "";
  for (const name in meta) text += `${JSON.stringify(name)}:${meta[name]},`;
  const otel = otelText(span.traceId, span.spanId, service);
  return `{"flowspan":{${text}"otel":${otel}}}` as JsonText;
}

/** Fields that count tokens or money. */
const USAGE = ["prompt_tokens", "output_tokens", "prompt_cost", "output_cost"] as const;

/** Takes what counts out of the fields, and gives the rest of what stands in the metadata. */
function withoutUsage(meta: SpanReading["meta"], fields: Fields): SpanReading["meta"] {
  for (const name of USAGE) delete fields[name];
  const { usage: _, ...rest } = meta;
  return rest;
}

/** `metadata.flowspan.otel`: the way back to the span. */
export function otelText(traceId: string, spanId: string, service: JsonText): JsonText {
  return `{"trace_id":"${traceId}","span_id":"${spanId}","service":${service}}` as JsonText;
}

/**
 * A new object of the log's fields, over the context's ones that this type has. Our own wrappers
 * have put the context's fields among theirs already.
 */
function withContext(
  type: LogType,
  reading: SpanReading,
  context: Readonly<Fields> | undefined,
): Fields {
  // Not by spreading: with the many shapes that fields have, that costs several times as much.
  if (context === undefined || reading.own) return Object.assign({}, reading.fields);
  const fields: Fields = {};
  for (const name in context) {
    const text = context[name];
    if (text !== undefined && WIRE_NAMES[type].has(name)) fields[name] = text;
  }
  return Object.assign(fields, reading.fields);
}

/** With a query that targets a version no details are sent. */
function setKernel(type: LogType, fields: Fields, query: VersionQuery, span: SpanView): void {
  if (query.versionId !== undefined || query.deployedEnvironment !== undefined) {
    delete fields[type];
    return;
  }
  const needsPath = type === "tool" && fields.tool === undefined && fields.path !== undefined;
  const path = needsPath && fields.path !== undefined ? plain(fields.path) : undefined;
  fields[type] = completeKernel(type, fields[type], span, path);
}
