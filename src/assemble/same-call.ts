import type { JsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { HrTime, SpanView } from "../base/span-view.ts";
import { type Call, hasFailed } from "./calls.ts";
import { calledModel } from "./models.ts";

/** Two spans of one call share this part of the longer one's time. */
const MIN_OVERLAP = 0.95;
/** What the two may differ by in any case: SDKs time their spans in whole milliseconds. */
const MAX_APART_MILLIS = 2;

/**
 * True where two instrumentations wrote a span each of one call: an outer and an inner span of the
 * same model, over the same time, with the same tokens where both tell them.
 */
export function isSameCall(outer: Call, inner: Call): boolean {
  return (
    hasFailed(outer) === hasFailed(inner) &&
    agree(tokens(outer.reading, "prompt_tokens"), tokens(inner.reading, "prompt_tokens")) &&
    agree(tokens(outer.reading, "output_tokens"), tokens(inner.reading, "output_tokens")) &&
    coincide(outer.node.span, inner.node.span) &&
    shareModel(outer, inner)
  );
}

function agree(left: unknown, right: unknown): boolean {
  return left === undefined || right === undefined || left === right;
}

/** Only Prompts have fields for them. */
function tokens({ fields, meta }: SpanReading, name: "prompt_tokens" | "output_tokens"): unknown {
  const field: JsonText | undefined = fields[name];
  if (field !== undefined) return Number(field);
  return meta.usage === undefined
    ? undefined
    : (JSON.parse(meta.usage) as Readonly<Record<string, unknown>>)[name];
}

function coincide(outer: SpanView, inner: SpanView): boolean {
  if (outer.endTime === undefined || inner.endTime === undefined) return false;
  const longer = Math.max(
    millisBetween(outer.startTime, outer.endTime),
    millisBetween(inner.startTime, inner.endTime),
  );
  const shared = Math.min(
    millisBetween(outer.startTime, outer.endTime),
    millisBetween(inner.startTime, inner.endTime),
    millisBetween(outer.startTime, inner.endTime),
    millisBetween(inner.startTime, outer.endTime),
  );
  return shared >= longer * MIN_OVERLAP || longer - shared <= MAX_APART_MILLIS;
}

function millisBetween(start: HrTime, end: HrTime): number {
  return (end[0] - start[0]) * 1e3 + (end[1] - start[1]) / 1e6;
}

function shareModel(outer: Call, inner: Call): boolean {
  const models = new Set(modelsOf(outer));
  return modelsOf(inner).some((model) => models.has(model));
}

/** Routers and some providers put a vendor or a folder before a name: `openai/gpt-4o`. */
function modelsOf({ reading, node }: Call): readonly string[] {
  const { models } = calledModel(reading, node.span);
  return models.map((model) => model.slice(model.lastIndexOf("/") + 1).toLowerCase());
}
