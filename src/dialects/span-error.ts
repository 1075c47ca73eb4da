import type { SpanView } from "../base/span-view.ts";
import { asText } from "./attribute-values.ts";

/** OTel's status code for an error. */
const STATUS_ERROR = 2;

/**
 * The error that a span of another instrumentation ended with: its exception event, else its
 * status. `undefined` when it has neither.
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
  if (span.status.code !== STATUS_ERROR) return undefined;
  return asText(span.status.message) ?? asText(span.attributes["error.type"]) ?? "error";
}
