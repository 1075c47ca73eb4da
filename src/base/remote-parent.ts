/**
 * A log in another process that spans here hang under. It travels as text, in a carrier's baggage
 * and on spans: `<root log id>/<span id of the nearest log>`, and `/unsaved` behind it where
 * payloads below are not to be stored.
 */
export interface RemoteParent {
  /** The root Flow's log. */
  readonly rootId: string;
  /** The nearest log above. */
  readonly parentId: string;
  /** True: `save: false` was said there, and holds below. */
  readonly unsaved: boolean;
}

/** What the text is made of. */
export interface ParentLog {
  readonly id: string;
  /** Empty: it is in no Flow of ours. */
  readonly rootId: string;
  readonly sampled: boolean;
  readonly unsaved: boolean;
}

/** Baggage entry and span attribute that hold it. */
export const REMOTE_PARENT = "flowspan.parent";

/** The text for what hangs under a log; it names nothing where there is no such log or no root. */
export function writeRemoteParent({ id, rootId, sampled, unsaved }: ParentLog): string {
  return sampled ? `${rootId}/${id.slice(-16)}${unsaved ? "/unsaved" : ""}` : "";
}

/** What the text names; `undefined` where it names nothing, or a log of another OTel trace. */
export function readRemoteParent(text: unknown, traceId: string): RemoteParent | undefined {
  const [, rootId, ofTrace, spanId, unsaved] =
    (typeof text === "string" && PATTERN.exec(text)) || [];
  return rootId !== undefined && ofTrace === traceId
    ? { rootId, parentId: `log_${traceId}${spanId}`, unsaved: unsaved !== undefined }
    : undefined;
}

/** The root is a Flow of our own, or one that was made. */
const PATTERN = /^(log_([\da-f]{32})(?:[\da-f]{16}(?:_flow)?)?)\/([\da-f]{16})(\/unsaved)?$/;
