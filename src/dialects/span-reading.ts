import type { EncodeLimits } from "../base/encode-limits.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";

/** How spans of one convention are read. Pure: no clock, no environment. */
export interface Dialect {
  /** The span's reading; `undefined` when it does not speak this dialect. */
  read(span: SpanView, limits: EncodeLimits): SpanReading | undefined;
}
