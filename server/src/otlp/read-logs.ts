import type { LogEvent } from "../../../src/base/span-view.ts";
import { logEventOf } from "../../../src/otel/log-event-of.ts";
import { readAnyValue, readKeyValues } from "./any-value.ts";
import { readSpanId, readTraceId } from "./ids.ts";
import { asInteger, asMessage, fieldOf, listOf, type Message, textOf } from "./json-shape.ts";

/** A log record that is an event of its span: what went into a model, or came out of it. */
export interface ReceivedLogEvent {
  readonly traceId: string;
  readonly spanId: string;
  /** Nanoseconds since 1970. */
  readonly timeNanos: bigint;
  /** With its secrets masked. */
  readonly event: LogEvent;
}

/**
 * Reads the messages of models that GenAI instrumentations send as log records, in the order they
 * stand in. Every other log record is passed over. `undefined` where the request is no
 * `ExportLogsServiceRequest`.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-events/
 */
export function readLogs(request: unknown): readonly ReceivedLogEvent[] | undefined {
  const message = asMessage(request);
  const resourceLogs = message && listOf(message, "resourceLogs");
  return resourceLogs
    ?.flatMap((group) => messagesIn(group, "scopeLogs"))
    .flatMap((scope) => messagesIn(scope, "logRecords"))
    .flatMap((record) => readRecord(record) ?? []);
}

function messagesIn(value: unknown, name: string): readonly Message[] {
  const message = asMessage(value);
  const list = message && listOf(message, name);
  return list?.map(asMessage).filter((each) => each !== undefined) ?? [];
}

function readRecord(record: Message): ReceivedLogEvent | undefined {
  const traceId = readTraceId(fieldOf(record, "traceId"));
  const spanId = readSpanId(fieldOf(record, "spanId"));
  if (traceId === undefined || spanId === undefined) return undefined;
  const copied = logEventOf({
    eventName: textOf(record, "eventName") || undefined,
    body: readAnyValue(fieldOf(record, "body")),
    attributes: readKeyValues(record, "attributes"),
  });
  if (copied === undefined) return undefined;
  const time = fieldOf(record, "timeUnixNano");
  const timeNanos = asInteger(time) || asInteger(fieldOf(record, "observedTimeUnixNano"));
  return { traceId, spanId, timeNanos: timeNanos ?? 0n, event: copied.event };
}
