import type { Context } from "@opentelemetry/api";
import { LOG_FIELDS_KEY, OPEN_LOG_KEY } from "../base/context-keys.ts";
import type { JsonText } from "../base/json-text.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike } from "../base/span-view.ts";

/**
 * Notes what `withLogContext` had set when this span started, for spans that are not ours, too,
 * and that the log above saves no payload: it may have gone out before it said so.
 */
export function keepContextFields(span: ReadableSpanLike, parentContext: Context): void {
  // Under these keys `withLogContext` and the wrappers put nothing else.
  const fields = parentContext.getValue(LOG_FIELDS_KEY) as ContextFields | undefined;
  const above = parentContext.getValue(OPEN_LOG_KEY) as { unsaved: boolean } | undefined;
  const kept = above?.unsaved ? { ...fields, ...UNSAVED } : fields;
  if (kept !== undefined) sharedState().contextFields.set(span, kept);
}

type ContextFields = Readonly<Record<string, JsonText>>;

const UNSAVED: ContextFields = { save: "false" as JsonText };
