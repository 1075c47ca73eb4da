import { encodeJson } from "../base/encode.ts";
import type { LogEvent } from "../base/span-view.ts";
import type { LogRecordLike } from "./flowspan-log-record-processor.ts";

/** Records that hold a call's messages. */
const EVENT_NAMES =
  /^gen_ai\.(?:(?:system|user|assistant|tool)\.message|choice|client\.inference\.operation\.details)$/;

/** One record's copy may take so much; what is over is cut. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/**
 * A copy of a log record that is an event of a GenAI span, secrets masked, and its size in bytes,
 * about; `undefined` for any other record.
 */
export function logEventOf(
  record: LogRecordLike,
): { readonly event: LogEvent; readonly bytes: number } | undefined {
  const { attributes = {}, body } = record;
  const name = record.eventName ?? attributes["event.name"];
  if (typeof name !== "string" || !EVENT_NAMES.test(name)) return undefined;
  const limits = { maxFieldBytes: MAX_RECORD_BYTES, mask: undefined };
  const { text } = encodeJson({ attributes, body }, "", limits);
  const copy = JSON.parse(text) as Omit<LogEvent, "name">;
  return { event: { ...copy, name }, bytes: text.length };
}
