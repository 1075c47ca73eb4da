/** A log that others hang under, as far as they need to know it. */
export interface ParentLog {
  readonly id: string;
  /** The root Flow's log. Empty: it is in no Flow of ours. */
  readonly rootId: string;
  readonly sampled: boolean;
  /** True: `save: false` was said there or above, and holds below. */
  readonly unsaved: boolean;
}

/**
 * A log in another process that spans here hang under. It travels as text, in baggage and on
 * spans: `<root log id>/<span id of the nearest log>`, and `/unsaved` behind it where payloads
 * below are not to be stored.
 */
export type RemoteParent = ParentLog;

/** Baggage entry and span attribute that hold it. */
export const REMOTE_PARENT = "flowspan.parent";

/** The text for what hangs under a log; `undefined` for a log of no Flow or one that was sampled out. */
export function writeRemoteParent(log: ParentLog): string | undefined {
  const { id, rootId, sampled, unsaved } = log;
  return sampled && rootId ? `${rootId}/${id.slice(-16)}${unsaved ? "/unsaved" : ""}` : undefined;
}

/** What the text names; `undefined` where it names nothing, or a log of another OTel trace. */
export function readRemoteParent(text: unknown, traceId: unknown): RemoteParent | undefined {
  const [, rootId, ofTrace, spanId, unsaved] =
    (typeof text === "string" && PATTERN.exec(text)) || [];
  return rootId !== undefined && ofTrace === traceId
    ? { id: `log_${traceId}${spanId}`, rootId, sampled: true, unsaved: unsaved !== undefined }
    : undefined;
}

/** Whether a log is of this OTel trace, by its id: `log_<trace id><span id>`. */
export function isOfTrace({ id }: ParentLog, traceId: unknown): boolean {
  return id.slice(4, -16) === traceId;
}

/** The root is a Flow of our own, or one that was made. */
const PATTERN = /^(log_([\da-f]{32})(?:[\da-f]{16}(?:_flow)?)?)\/([\da-f]{16})(\/unsaved)?$/;
