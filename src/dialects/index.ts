import type { EncodeLimits } from "../base/encode-limits.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { flowspan } from "./flowspan.ts";
import { genAi } from "./gen-ai.ts";
import type { Dialect } from "./span-reading.ts";

export { scalarText } from "./field-writer.ts";

/** Every dialect; the first that knows a span reads it. */
const DIALECTS: readonly Dialect[] = [flowspan, genAi];

/**
 * What a span says about its log, by the first dialect that knows it; `undefined` when none does. One that was
 * read before is not read again.
 * Never throws: a span that a dialect fails on is one that it does not know.
 */
export function readSpan(span: SpanView, limits: EncodeLimits): SpanReading | undefined {
  if (span.reading !== undefined) return span.reading;
  for (const dialect of DIALECTS) {
    try {
      const reading = dialect.read(span, limits);
      if (reading !== undefined) return reading;
    } catch {
      // Attributes come from anybody; the next dialect may still make sense of them.
    }
  }
  return undefined;
}
