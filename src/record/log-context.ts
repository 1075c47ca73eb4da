import { LOG_FIELDS_KEY, OPEN_LOG_KEY } from "../base/context-keys.ts";
import { isObject } from "../base/data-property.ts";
import { encodeJson } from "../base/encode.ts";
import { type JsonText, mergeObjectTexts } from "../base/json-text.ts";
import { type LogAbove, logAbove } from "../base/log-above.ts";
import { FIELDS, fits } from "../spans/fields.ts";
import { guarded, leftOut } from "../spans/guard.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { context, trace } from "../spans/otel-api.ts";
import { currentPolicy } from "../spans/policy.ts";
import type { ContextFields, RecordFields } from "./types.ts";

/**
 * Adds fields to the innermost open log. Later values win; `metadata` and kernels are merged key
 * by key. Without an open log it does nothing. Never throws.
 *
 * @example record({ promptTokens: 412, metadata: { cache: "hit" } });
 */
export function record(fields: RecordFields): void {
  addFields(openLogNow(), fields);
}

/** Adds fields to one log, as `record()` does. Never throws. */
export function addFields(log: OpenLog | undefined, fields: RecordFields): void {
  if (log === undefined || !log.recording) return;
  guarded("record()", () => {
    for (const name of namesIn(fields)) {
      const field = FIELDS[name];
      if (field === undefined) leftOut(name, "there is no such field");
      // By itself: one that throws when it is read is no reason to lose the others.
      else guarded(name, () => log.set(field, fields[name as keyof RecordFields]));
    }
    log.flushAttributes();
  });
}

/** Where the innermost open log will be found. */
export interface LogReference {
  /** The log's id in the Log API. */
  readonly id: string;
  /** The root Flow's log id. Empty while no Flow of our own is open above. */
  readonly traceId: string;
  /** The log's page in the viewer. Empty where no server is known. */
  readonly url: string;
}

/**
 * The innermost open log; where none is, the one that the trace came from another process under,
 * by a carrier or by baggage. Never `undefined`: with neither, every part is empty.
 */
export function currentLog(): LogReference {
  const active = context.active();
  return referenceTo(openLogNow() ?? logAbove(active, trace.getSpanContext(active)?.traceId));
}

/** Where the log will be found; every part empty without one. */
export function referenceTo(log: LogAbove | undefined): LogReference {
  const url = log && currentPolicy().viewerUrl;
  return {
    id: log?.id ?? "",
    traceId: log?.rootId ?? "",
    url: url === undefined ? "" : `${url}/logs/${log?.id}`,
  };
}

/**
 * Sets fields for every log that starts while `fn` runs, in calls that it awaits too, foreign
 * spans included. Inside another `withLogContext` both count; the inner one wins, and `metadata`
 * is merged.
 *
 * @returns what `fn` returns.
 */
export function withLogContext<T>(fields: ContextFields, fn: () => T): T {
  const active = context.active();
  const outer = (active.getValue(LOG_FIELDS_KEY) ?? {}) as Readonly<Record<string, JsonText>>;
  const merged = guarded("withLogContext()", () => mergeFields(outer, fields)) ?? outer;
  return context.with(active.setValue(LOG_FIELDS_KEY, merged), fn);
}

function mergeFields(
  outer: Readonly<Record<string, JsonText>>,
  fields: ContextFields,
): Readonly<Record<string, JsonText>> {
  const merged: Record<string, JsonText> = { ...outer };
  for (const name of namesIn(fields)) {
    const field = FIELDS[name];
    const value = guarded(name, () => fields[name as keyof ContextFields]);
    if (value === undefined) continue;
    const { text } = encodeJson(value, field?.wire ?? name, currentPolicy());
    if (!field || field.payload || !fits(field, value) || !text.startsWith(field.opens ?? "")) {
      leftOut(name, "there is no such field");
      continue;
    }
    merged[field.wire] =
      field.wire === "metadata" ? (mergeObjectTexts(outer.metadata, text) ?? text) : text;
  }
  return merged;
}

/** The keys of an object. A text or a list has none here: it may have a hundred million. */
function namesIn(fields: object): readonly string[] {
  const isKeyed = isObject(fields) && !Array.isArray(fields) && !ArrayBuffer.isView(fields);
  return isKeyed ? Object.keys(fields) : [];
}

/** The innermost open log. */
export function openLogNow(): OpenLog | undefined {
  return context.active().getValue(OPEN_LOG_KEY) as OpenLog | undefined;
}
