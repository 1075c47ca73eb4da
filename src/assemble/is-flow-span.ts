import type { EncodeLimits } from "../base/encode-limits.ts";
import type { SpanView } from "../base/span-view.ts";
import { readSpan } from "../dialects/index.ts";

/** True for a span that becomes a Flow log. */
export function isFlowSpan(span: SpanView, limits: EncodeLimits): boolean {
  return readSpan(span, limits)?.type === "flow";
}
