import type { JsonText } from "../base/json-text.ts";
import type { HrTime, SpanView } from "../base/span-view.ts";

/**
 * Where a span stands among the logs: all that its children need to know of it. It outlives the
 * span's content, so that spans that come later still find their parents.
 */
export interface Place {
  readonly above: Place | undefined;
  /** The span's own log, once it was made. */
  readonly logId: string | undefined;
  /** The log that its children name as their parent: its own, else the nearest above. */
  readonly nearestLogId: string | undefined;
  /** The root Flow's log, a made one too; `undefined` outside any and for a log that is alone. */
  readonly rootId: string | undefined;
  /** No Flow span at or above it: a made Flow may hold its log, and a Flow below is topmost. */
  readonly loose: boolean;
  /** Which made Flow would take what is loose here. */
  readonly group: string;
  /** Path of the nearest Flow span, itself included. */
  readonly flowPath: JsonText | undefined;
  /** Its own log's path, which stays what it was first. */
  readonly path: JsonText | undefined;
  readonly save: boolean;
  /** A log below reported usage. Only ever goes from false to true. */
  usageBelow: boolean;
  /** It, or a log above, tells usage. */
  readonly usageWithin: boolean;
  /** The nearest log at or above it is a call's that has told its tokens. */
  readonly toldCall: boolean;
  /** Fields that its children share. */
  readonly shared: SharedFields;
}

/** What holds for a whole conversation, by wire name. */
export interface SharedFields {
  readonly session_id?: JsonText | undefined;
  readonly user?: JsonText | undefined;
}

/** A Flow that no span stands for: it holds several logs that have no Flow of their own. */
export interface MadeFlow {
  readonly id: string;
  readonly path: JsonText;
  /** The local root over its logs; the first of them where the root was never seen. */
  readonly root: SpanView;
  readonly startTime: HrTime;
  endTime: HrTime | undefined;
  /** Its log was handed over as one that has ended. */
  isEnded: boolean;
}

/** What is known of one tree between calls of `assembleTree`, which adds to it. */
export interface TreeMemory {
  readonly places: Map<string, Place>;
  /** By group. */
  readonly made: Map<string, MadeFlow>;
  /** Root logs of other processes that logs here are under. */
  readonly remoteRoots: Set<string>;
  /** What the spans of each trace of the Log API said, by the trace's root log. */
  readonly said: Map<string, SaidFields>;
}

/** Every value that was said of each shared field. */
export type SaidFields = Readonly<Record<keyof SharedFields, Set<JsonText>>>;

/** The memory of a tree that nothing is known of. */
export function emptyMemory(): TreeMemory {
  return { places: new Map(), made: new Map(), remoteRoots: new Set(), said: new Map() };
}
