import {
  ATTR_CACHE_READ_TOKENS,
  ATTR_CACHE_WRITE_TOKENS,
  ATTR_REASONING_TOKENS,
  ATTR_RESPONSE_MODEL,
} from "../base/attributes.ts";
import { dataProperty } from "../base/data-property.ts";
import { type ProviderReading, readProviderResponse } from "../providers/index.ts";
import { FIELDS } from "./fields.ts";
import { guarded } from "./guard.ts";
import type { OpenLog } from "./open-log.ts";
import type { Settings } from "./settings.ts";

/**
 * Records what a call gave: a provider's response by its shape, a chat message as
 * `output_message`, a string as `output`, anything else as JSON text in `output`. What the
 * user's code has already set with `record()` stays.
 */
export function recordResult(log: OpenLog, settings: Settings, value: unknown): void {
  if (!log.recording || settings.output === false) return;
  const { output } = settings;
  const result =
    typeof output === "function" ? guarded("the output option", () => output(value)) : value;
  if (result === undefined) return;
  const reading = log.type === "prompt" ? readProviderResponse(result) : undefined;
  if (reading !== undefined) return recordReading(log, reading);
  if (hasOutput(log)) return;
  log.set(
    log.type !== "tool" && isChatMessage(result) ? FIELDS.outputMessage : FIELDS.output,
    result,
  );
}

/** Records what a provider's response says, under what `record()` has set. */
export function recordReading(log: OpenLog, reading: ProviderReading): void {
  if (!hasOutput(log)) log.set(FIELDS.outputMessage, reading.outputMessage);
  if (log.type !== "prompt") return;
  for (const name of ["promptTokens", "outputTokens", "finishReason"] as const) {
    if (log.fields[FIELDS[name].wire] === undefined) log.set(FIELDS[name], reading[name]);
  }
  log.note(ATTR_RESPONSE_MODEL, reading.responseModel);
  log.note(ATTR_CACHE_READ_TOKENS, reading.cachedTokens);
  log.note(ATTR_CACHE_WRITE_TOKENS, reading.cacheWriteTokens);
  log.note(ATTR_REASONING_TOKENS, reading.reasoningTokens);
}

function hasOutput(log: OpenLog): boolean {
  return log.fields.output !== undefined || log.fields.output_message !== undefined;
}

/** `{ role, content }`, as chat APIs write it. */
function isChatMessage(value: unknown): boolean {
  return (
    typeof dataProperty(value, "role") === "string" && dataProperty(value, "content") !== undefined
  );
}
