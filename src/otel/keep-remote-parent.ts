import type { Context } from "@opentelemetry/api";
import { logAbove } from "../base/log-above.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike } from "../base/span-view.ts";

/**
 * Notes the log that a span hangs under, for one whose parent span is not known here: it is in
 * another process, another provider's, or forgotten. Foreign spans count like our own, so what an
 * HTTP server's instrumentation starts is in its place with all that is below it.
 */
export function keepRemoteParent(span: ReadableSpanLike, parentContext: Context): void {
  // As our wrappers put it there, or baggage brought it.
  const above = logAbove(parentContext, span.spanContext().traceId);
  if (above === undefined) return;
  const { id, rootId, sampled, unsaved } = above;
  if (sampled && rootId) sharedState().remoteParents.set(span, { id, rootId, sampled, unsaved });
}
