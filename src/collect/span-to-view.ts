import { type SharedState, sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike, ResourceLike, SpanView } from "../base/span-view.ts";

/** Where a span hangs. */
export interface SpanParent {
  readonly spanId: string | undefined;
  /** `undefined`: the SDK does not say (1.x). */
  readonly isRemote: boolean | undefined;
}

/** A span's parent, by either generation of the SDK. */
export function parentOf(span: ReadableSpanLike): SpanParent {
  const context = span.parentSpanContext;
  const spanId = context?.spanId ?? span.parentSpanId;
  // The SDKs set `isRemote` on contexts that came in from elsewhere and on no others.
  const isRemote = context === undefined ? undefined : context.isRemote === true;
  return { spanId: spanId === "" ? undefined : spanId, isRemote };
}

/**
 * The span as the pure rooms see it, with what our wrappers recorded for it in this process.
 * Nothing is copied: an ended span does not change any more.
 */
export function spanToView(span: ReadableSpanLike, state: SharedState = sharedState()): SpanView {
  const { traceId, spanId } = span.spanContext();
  const parent = parentOf(span);
  return {
    traceId,
    spanId,
    parentSpanId: parent.spanId,
    parentIsRemote: parent.isRemote,
    name: span.name,
    startTime: span.startTime,
    endTime: span.ended ? span.endTime : undefined,
    status: span.status,
    attributes: span.attributes,
    events: span.events,
    scopeName: (span.instrumentationScope ?? span.instrumentationLibrary)?.name ?? "",
    resource: resourceAttributes(span.resource),
    recorded: state.recorded.get(span),
    contextFields: state.contextFields.get(span),
    remoteParent: state.remoteParents.get(span),
  };
}

/**
 * Asked for the attributes while a detector is still at work, as at the start of a program with
 * NodeSDK, SDK 2.x and 3.x give those that are known, and log an error.
 */
function resourceAttributes(resource: ResourceLike): SpanView["resource"] {
  if (resource.asyncAttributesPending !== true || !resource.getRawAttributes) {
    return resource.attributes;
  }
  const known = resource
    .getRawAttributes()
    .filter(([, value]) => value !== undefined && !(value instanceof Promise));
  // Of one key, the first value counts.
  return Object.fromEntries(known.reverse());
}
