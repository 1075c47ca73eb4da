import {
  ATTR_CACHE_READ_TOKENS,
  ATTR_CACHE_WRITE_TOKENS,
  ATTR_REASONING_TOKENS,
  ATTR_RESPONSE_MODEL,
} from "../base/attributes.ts";
import { isMessage } from "../base/chat-message.ts";
import { dataProperty } from "../base/data-property.ts";
import { type ProviderReading, readProviderResponse } from "../providers/index.ts";
import { FIELDS } from "../spans/fields.ts";
import { askOption } from "../spans/guard.ts";
import type { OpenLog } from "../spans/open-log.ts";
import type { Settings } from "./settings.ts";

/**
 * Records what a call gave: a provider's response by its shape, a chat message as
 * `output_message`, a string as `output`, anything else as JSON text in `output`. What the
 * user's code has already set with `record()` stays.
 *
 * @param lostLength characters that a text over the cap had besides.
 */
export function recordResult(
  log: OpenLog,
  { output }: Settings,
  value: unknown,
  lostLength?: number,
): void {
  if (!log.recording) return;
  const failed = "[unreadable: the output option threw]";
  const made =
    typeof output === "function" ? askOption("output", () => output(value), failed) : value;
  const reading = readProviderResponse(made);
  recordUsage(log, reading ?? readProviderResponse(value));
  if (output === false || hasOutput(log)) return;
  const message = reading?.outputMessage ?? (hasContent(made) ? made : undefined);
  if (message === undefined || log.type === "tool") log.set(FIELDS.output, made, lostLength);
  else log.set(FIELDS.outputMessage, message);
}

/** Records the tokens and the like that a provider's response names; `record()` wins. */
export function recordUsage(log: OpenLog, reading: ProviderReading | undefined): void {
  if (reading === undefined || log.type !== "prompt") return;
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
function hasContent(value: unknown): boolean {
  return dataProperty(value, "content") !== undefined && isMessage(value);
}
