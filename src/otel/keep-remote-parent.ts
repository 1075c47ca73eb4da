import type { Context } from "@opentelemetry/api";
import { OPEN_LOG_KEY } from "../base/context-keys.ts";
import { readRemoteParent } from "../base/remote-parent.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike } from "../base/span-view.ts";

/** As our wrappers and `resume` put it into the context. */
interface LogAbove {
  readonly id: string;
  readonly rootId: string;
}

/**
 * Notes the log that a span hangs under, for one whose parent span is not known here: it is in
 * another process, another provider's, or forgotten.
 */
export function keepRemoteParent(span: ReadableSpanLike, parentContext: Context): void {
  const above = parentContext.getValue(OPEN_LOG_KEY) as LogAbove | undefined;
  if (above === undefined) return;
  const text = `${above.rootId}/${above.id.slice(-16)}`;
  const parent = readRemoteParent(text, span.spanContext().traceId);
  if (parent !== undefined) sharedState().remoteParents.set(span, parent);
}
