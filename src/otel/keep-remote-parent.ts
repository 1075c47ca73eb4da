import type { Context } from "@opentelemetry/api";
import { OPEN_LOG_KEY } from "../base/context-keys.ts";
import { type ParentLog, readRemoteParent, writeRemoteParent } from "../base/remote-parent.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike } from "../base/span-view.ts";

/**
 * Notes the log that a span hangs under, for one whose parent span is not known here: it is in
 * another process, another provider's, or forgotten.
 */
export function keepRemoteParent(span: ReadableSpanLike, parentContext: Context): void {
  // As our wrappers and `resume` put it there.
  const above = parentContext.getValue(OPEN_LOG_KEY) as ParentLog | undefined;
  if (above === undefined) return;
  const parent = readRemoteParent(writeRemoteParent(above), span.spanContext().traceId);
  if (parent !== undefined) sharedState().remoteParents.set(span, parent);
}
