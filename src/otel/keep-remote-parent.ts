import type { Context } from "@opentelemetry/api";
import { trace } from "@opentelemetry/api";
import { OPEN_LOG_KEY } from "../base/context-keys.ts";
import { readRemoteParent } from "../base/remote-parent.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike } from "../base/span-view.ts";

/** Notes which log in another process a span right below `resume` hangs under, foreign or ours. */
export function keepRemoteParent(span: ReadableSpanLike, parentContext: Context): void {
  const above = parentContext.getValue(OPEN_LOG_KEY) as { readonly carried?: string } | undefined;
  if (above?.carried === undefined) return;
  const parent = trace.getSpanContext(parentContext);
  if (!parent?.isRemote) return;
  const remote = readRemoteParent(above.carried, span.spanContext().traceId);
  if (remote !== undefined) sharedState().remoteParents.set(span, remote);
}
