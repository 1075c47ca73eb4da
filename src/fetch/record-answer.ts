import { ATTR_COST, ATTR_RESPONSE_MODEL, ATTR_UNREADABLE } from "../base/attributes.ts";
import { isObject } from "../base/data-property.ts";
import type { ProviderReading } from "../providers/index.ts";
import { FIELDS } from "../spans/fields.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { recordReading } from "../spans/record-reading.ts";
import type { Answer } from "./answer-reader.ts";

/** Records what an answer's body says. What can't be read stays as it came, and is named. */
export function recordAnswer(log: OpenLog, answer: Answer): void {
  const { value, reading, text, lostLength, binaryBytes, broken } = answer;
  if (isObject(value) && !Array.isArray(value)) {
    log.set(
      FIELDS.providerResponse,
      broken === undefined ? value : { ...value, unreadable: broken },
    );
  }
  if (log.type === "prompt") recordReading(log, reading);
  else if (reading !== undefined) recordToolUsage(log, reading);
  const { outputMessage, output } = reading ?? {};
  if (outputMessage !== undefined) return log.set(FIELDS.outputMessage, outputMessage);
  if (output !== undefined) return log.set(FIELDS.output, output);
  if (reading?.error !== undefined) return;
  if (value !== undefined) log.set(FIELDS.output, value);
  else if (binaryBytes > 0) log.set(FIELDS.output, `[binary: ${binaryBytes} bytes]`);
  else if (text !== "") log.set(FIELDS.output, text, lostLength);
  log.note(ATTR_UNREADABLE, (reading?.unreadable ?? ["no answer of a known shape"]).join(", "));
}

/** Embeddings are Tools, which have no fields for tokens. */
function recordToolUsage(log: OpenLog, reading: ProviderReading): void {
  log.note(FIELDS.promptTokens.attribute, reading.promptTokens);
  log.note(ATTR_RESPONSE_MODEL, reading.responseModel);
  log.note(ATTR_COST, reading.cost);
  log.note(ATTR_UNREADABLE, reading.unreadable?.join(", "));
  log.fault ??= reading.error;
}
