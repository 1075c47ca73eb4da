import { isMessage } from "../base/chat-message.ts";
import { dataProperty } from "../base/data-property.ts";
import { readProviderResponse } from "../providers/index.ts";
import { FIELDS } from "../spans/fields.ts";
import { askOption } from "../spans/guard.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { recordReading } from "../spans/record-reading.ts";
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
  recordReading(log, reading ?? (made === value ? undefined : readProviderResponse(value)));
  if (output === false || hasOutput(log)) return;
  const message = reading?.outputMessage ?? (hasContent(made) ? made : undefined);
  if (message === undefined || log.type === "tool") {
    log.set(FIELDS.output, reading?.output ?? made, lostLength);
  } else log.set(FIELDS.outputMessage, message);
}

function hasOutput(log: OpenLog): boolean {
  return log.fields.output !== undefined || log.fields.output_message !== undefined;
}

/** `{ role, content }`, as chat APIs write it. */
function hasContent(value: unknown): boolean {
  return dataProperty(value, "content") !== undefined && isMessage(value);
}
