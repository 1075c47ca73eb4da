import type { EncodeLimits } from "../base/encode-limits.ts";
import type { SpanView } from "../base/span-view.ts";
import { readSpan } from "../dialects/index.ts";

/** The span together with what its dialect makes of it, for where its attributes do not go. */
export function withReading(span: SpanView, limits: EncodeLimits): SpanView {
  return { ...span, reading: readSpan(span, limits) };
}
