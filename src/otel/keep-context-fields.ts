import type { Context } from "@opentelemetry/api";
import { LOG_FIELDS_KEY } from "../base/context-keys.ts";
import type { JsonText } from "../base/json-text.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike } from "../base/span-view.ts";

/** Notes what `withLogContext` had set when this span started, for spans that are not ours, too. */
export function keepContextFields(span: ReadableSpanLike, parentContext: Context): void {
  const fields = parentContext.getValue(LOG_FIELDS_KEY);
  if (fields === undefined) return;
  // Under this key `withLogContext` puts nothing else.
  sharedState().contextFields.set(span, fields as Readonly<Record<string, JsonText>>);
}
