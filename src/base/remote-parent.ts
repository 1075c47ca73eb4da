/**
 * A log in another process that spans here hang under. It travels as text, in a carrier's baggage
 * and on spans: `<root log id>/<span id of the nearest log>`.
 */
export interface RemoteParent {
  /** The root Flow's log. */
  readonly rootId: string;
  /** The nearest log above. */
  readonly parentId: string;
}

/** Baggage entry and span attribute that hold it. */
export const REMOTE_PARENT = "flowspan.parent";

/** What the text names; `undefined` where it names nothing, or a log of another OTel trace. */
export function readRemoteParent(text: unknown, traceId: string): RemoteParent | undefined {
  const [, rootId, ofTrace, spanId] = (typeof text === "string" && PATTERN.exec(text)) || [];
  return rootId !== undefined && ofTrace === traceId
    ? { rootId, parentId: `log_${traceId}${spanId}` }
    : undefined;
}

/** The root is a Flow of our own, or one that was made. */
const PATTERN = /^(log_([\da-f]{32})(?:[\da-f]{16}(?:_flow)?)?)\/([\da-f]{16})$/;
