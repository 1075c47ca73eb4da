import type { SpanView } from "../base/span-view.ts";
import { asText } from "./attribute-values.ts";

/** OTel's status code for an error. */
const STATUS_ERROR = 2;

/**
 * The error that a span of another instrumentation ended with: its exception event, else its
 * status, else its `error.type`. `undefined` when it has none.
 */
export function spanError(span: SpanView): string | undefined {
  const exception = span.events.findLast((event) => event.name === "exception")?.attributes;
  const type = asText(exception?.["exception.type"]);
  const message = asText(exception?.["exception.message"]);
  if (message !== undefined) {
    // Some writers put the type before the message themselves.
    const isWhole = type === undefined || message.startsWith(`${type}: `);
    return isWhole ? message : `${type}: ${message}`;
  }
  if (type !== undefined) return type;
  // By the conventions it stands on what has failed alone; not everybody sets the status, too.
  const failed = asText(span.attributes["error.type"]);
  if (span.status.code !== STATUS_ERROR) return failed;
  return asText(span.status.message) ?? failed ?? "error";
}
