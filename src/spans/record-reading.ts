import {
  ATTR_CACHE_READ_TOKENS,
  ATTR_CACHE_WRITE_TOKENS,
  ATTR_COST,
  ATTR_REASONING_TOKENS,
  ATTR_RESPONSE_ID,
  ATTR_RESPONSE_MODEL,
  ATTR_UNREADABLE,
} from "../base/attributes.ts";
import type { ProviderReading } from "../providers/index.ts";
import { FIELDS } from "./fields.ts";
import type { OpenLog } from "./open-log.ts";

/**
 * Records what a provider's answer says beside its message, on a Prompt: tokens, models, cost. An
 * error in it ends the span as one, whatever the caller made of it. What the user's code has set
 * stays.
 */
export function recordReading(log: OpenLog, reading: ProviderReading | undefined): void {
  if (reading === undefined || log.type !== "prompt") return;
  for (const name of ["promptTokens", "outputTokens", "finishReason"] as const) {
    if (log.fields[FIELDS[name].wire] === undefined) log.set(FIELDS[name], reading[name]);
  }
  log.note(ATTR_RESPONSE_MODEL, reading.responseModel);
  log.note(ATTR_RESPONSE_ID, reading.responseId);
  log.note(ATTR_CACHE_READ_TOKENS, reading.cachedTokens);
  log.note(ATTR_CACHE_WRITE_TOKENS, reading.cacheWriteTokens);
  log.note(ATTR_REASONING_TOKENS, reading.reasoningTokens);
  log.note(ATTR_COST, reading.cost);
  log.note(ATTR_UNREADABLE, reading.unreadable?.join(", "));
  if (log.fields.error === undefined) log.fault ??= reading.error;
}
