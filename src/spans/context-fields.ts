import type { Context } from "@opentelemetry/api";
import { LOG_FIELDS_KEY } from "../base/context-keys.ts";
import type { JsonText } from "../base/json-text.ts";
import { FIELDS_BY_WIRE } from "./fields.ts";
import type { OpenLog } from "./open-log.ts";

/** Records what `withLogContext` has set for the logs below it. */
export function recordContextFields(log: OpenLog, parent: Context): void {
  const shared = parent.getValue(LOG_FIELDS_KEY) as Readonly<Record<string, JsonText>> | undefined;
  for (const wire in shared) {
    const field = FIELDS_BY_WIRE[wire];
    const text = shared[wire];
    if (field !== undefined && text !== undefined) log.setText(field, text);
  }
}
