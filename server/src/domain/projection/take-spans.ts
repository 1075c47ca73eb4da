import { maskSpan } from "../../otlp/mask-span.ts";
import type { ReceivedSpan } from "../../otlp/received-span.ts";
import type { WriteSession } from "../write-session.ts";

/**
 * Stores spans, with the secrets in them masked. What their logs are is found out when the session
 * ends, once for each trace. A span that comes again as it was changes nothing.
 */
export async function takeSpans(
  session: WriteSession,
  spans: readonly ReceivedSpan[],
): Promise<void> {
  for (const span of spans) {
    const { traceId, spanId, end } = span;
    const spanJson = JSON.stringify(maskSpan(span));
    const record = { traceId, spanId, ended: end !== undefined, spanJson };
    if (await session.transaction.putSpan(record)) session.touchedTraces.add(traceId);
  }
}
