import type { JsonText } from "../base/json-text.ts";
import { LOG_FIELDS } from "../base/log-fields.ts";
import type { SpanView } from "../base/span-view.ts";
import { scalarText } from "../dialects/index.ts";
import type { AssembleOptions } from "./options.ts";
import type { TreeMemory } from "./place.ts";
import { remoteParentOf } from "./place-above.ts";
import type { SpanNode } from "./span-node.ts";

type Texts = Readonly<Record<string, JsonText>>;

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
      remoteParentOf(span, options)?.unsaved === true ||
      (reading?.fields.save ?? span.contextFields?.save) === "false";
    const isNone = options.content === "none";
    if (reading === undefined || !(isNone || node.unsaved)) continue;
    const fields = withoutPayload(reading.fields);
    // An error's text may quote what went in; by the Log API it stays with `save: false`.
    if (isNone && fields.error !== undefined) fields.error = scalarText(errorType(span));
    node.reading = { ...reading, fields };
  }
}

function withoutPayload(fields: Texts): Record<string, JsonText> {
  const kept: Record<string, JsonText> = {};
  for (const name in fields) {
    const text = fields[name];
    if (text !== undefined && !PAYLOAD.has(name)) kept[name] = text;
  }
  return kept;
}

function errorType({ events, attributes }: SpanView): string {
  const exception = events.findLast((event) => event.name === "exception")?.attributes;
  const type = exception?.["exception.type"] ?? attributes["error.type"];
  return typeof type === "string" && type !== "" ? type : "error";
}
