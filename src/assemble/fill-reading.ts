import { type JsonText, mergeObjectTexts, toJsonText } from "../base/json-text.ts";
import type { SpanReading } from "../base/span-reading.ts";
import { objectOf } from "./object-text.ts";

/**
 * The first reading, with what it does not say from the second: of its fields but the ones in
 * `notTaken`, of its kernel, of its usage's parts, of its metadata. How it ended is taken together
 * with its error.
 */
export function fillReading(
  first: SpanReading,
  second: SpanReading,
  notTaken: ReadonlySet<string>,
): SpanReading {
  const fields: Record<string, JsonText> = {};
  for (const name in second.fields) {
    const text = second.fields[name];
    if (text !== undefined && !notTaken.has(name)) fields[name] = text;
  }
  const { prompt, metadata } = fields;
  Object.assign(fields, first.fields);
  setIfKnown(fields, "prompt", fillKernel(first.fields.prompt, prompt));
  setIfKnown(fields, "metadata", mergeObjectTexts(metadata, first.fields.metadata));
  const { outcome, ...rest } = second.meta;
  const meta: Record<string, JsonText> = rest;
  if (outcome !== undefined && !notTaken.has("error")) meta.outcome = outcome;
  Object.assign(meta, first.meta);
  setIfKnown(meta, "usage", mergeObjects(second.meta.usage, first.meta.usage));
  return { ...first, fields, meta };
}

/** A model that is not known names none. */
function fillKernel(
  first: JsonText | undefined,
  second: JsonText | undefined,
): JsonText | undefined {
  const kernel = mergeObjects(second, first);
  const model = objectOf(first)?.model === "unknown" ? objectOf(second)?.model : undefined;
  return model === undefined ? kernel : mergeObjects(kernel, toJsonText({ model }));
}

/** One object of both, with each key once; of a text that is no object, the other. */
function mergeObjects(
  first: JsonText | undefined,
  later: JsonText | undefined,
): JsonText | undefined {
  const [one, other] = [objectOf(first), objectOf(later)];
  if (one === undefined) return later;
  return other === undefined ? first : toJsonText({ ...one, ...other });
}

function setIfKnown(
  texts: Record<string, JsonText>,
  name: string,
  text: JsonText | undefined,
): void {
  if (text !== undefined) texts[name] = text;
}
