import type { JsonText } from "../base/json-text.ts";
import { LOG_FIELDS } from "../base/log-fields.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { scalarText } from "../dialects/index.ts";
import type { AssembleOptions } from "./options.ts";
import type { TreeMemory } from "./place.ts";
import { remoteParentOf } from "./place-above.ts";
import type { SpanNode } from "./span-node.ts";

const PAYLOAD: ReadonlySet<string> = new Set(
  LOG_FIELDS.filter((field) => field.payload).map((field) => field.wire),
);

/**
 * Takes the content out of every reading that is to have none, before any of it can get into
 * another one: all with `none`, else those at and below a `save: false`.
 *
 * @param nodes parents before children.
 */
export function hideContent(
  nodes: readonly SpanNode[],
  memory: TreeMemory,
  options: AssembleOptions,
): void {
  for (const node of nodes) {
    const { span, parent, reading } = node;
    const known = memory.places.get(span.parentSpanId ?? "");
    node.unsaved =
      (parent?.unsaved ?? known?.save === false) ||
      span.unsaved === true ||
      remoteParentOf(span, options)?.unsaved === true ||
      (reading?.fields.save ?? span.contextFields?.save) === "false";
    const isNone = options.content === "none";
    if (reading !== undefined && (isNone || node.unsaved)) {
      node.reading = withoutContent(reading, span, isNone);
    }
  }
}

/**
 * The reading without its payload fields. With `content: "none"` of an error its type is left, for
 * its text may quote what went in; by the Log API that stays with `save: false`.
 */
export function withoutContent(reading: SpanReading, span: SpanView, isNone: boolean): SpanReading {
  const fields: Record<string, JsonText> = {};
  for (const name in reading.fields) {
    const text = reading.fields[name];
    if (text !== undefined && !PAYLOAD.has(name)) fields[name] = text;
  }
  if (isNone && fields.error !== undefined) fields.error = scalarText(errorType(span));
  return { ...reading, fields };
}

function errorType({ events, attributes }: SpanView): string {
  const exception = events.findLast((event) => event.name === "exception")?.attributes;
  const type = exception?.["exception.type"] ?? attributes["error.type"];
  return typeof type === "string" && type !== "" ? type : "error";
}
