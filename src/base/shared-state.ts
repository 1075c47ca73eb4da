import type { JsonText } from "./json-text.ts";
import type { LogType, VersionQuery } from "./log-types.ts";
import type { MaskText } from "./mask.ts";
import type { RemoteParent } from "./remote-parent.ts";

/** What one of our wrappers recorded for one span, by wire name, ready to be spliced. */
export interface RecordedLog {
  readonly type: LogType;
  readonly fields: Readonly<Record<string, JsonText>>;
  readonly query: VersionQuery;
  /**
   * When it began, by `performance.now()`: tells the order of calls that OTel's clock starts on
   * the same millisecond.
   */
  readonly startMillis?: number;
  /** Goes to `metadata.flowspan`: `outcome` and `truncated`. */
  readonly meta: Readonly<Record<string, JsonText>>;
  /** Nothing of its payload is to be stored, by its own `save` or by one above. */
  readonly unsaved?: boolean;
}

/** Where content goes: on the span, in the side table only, or nowhere. */
export type ContentMode = "span" | "log" | "none";

/** What a processor or exporter asks of everything recorded in this process. */
export interface RecordingPolicy {
  readonly content: ContentMode;
  readonly maxFieldBytes: number;
  readonly mask: MaskText | undefined;
  /**
   * More attributes for a span that carries content, such as OTel's own form of the messages.
   * Handed in, so that who does not ask for it does not load it.
   */
  readonly contentAttributes: ((log: RecordedLog) => Readonly<Record<string, string>>) | undefined;
  /** The viewer's address without a trailing slash, for `currentLog().url`. */
  readonly viewerUrl: string | undefined;
  /** False: no span may hang under another process's log that baggage or a carrier names. */
  readonly acceptRemoteParent?: boolean;
}

/**
 * How a trace goes elsewhere: `carried` by a carrier, to be gone on with at any time, or `called`,
 * with a request that as a rule is answered before the span that makes it ends.
 */
export type Leaving = "carried" | "called";

/**
 * The one state that this library keeps outside its objects. It lives on `globalThis`, so that
 * every entry point, ESM and CJS, and every copy of the same version sees the same.
 */
export interface SharedState {
  /** By span object: what our wrappers recorded. */
  readonly recorded: WeakMap<object, RecordedLog>;
  /** By span object: the fields that `withLogContext` had set when it started. */
  readonly contextFields: WeakMap<object, Readonly<Record<string, JsonText>>>;
  /** By span object: the log in another process that it came from under. */
  readonly remoteParents: WeakMap<object, RemoteParent>;
  /** Who is told the span at which a trace is carried elsewhere. */
  readonly leaving: Set<(traceId: string, spanId: string, how: Leaving) => void>;
  /** By wrapper function: what it wraps, so that wrapping twice is seen. */
  readonly wrapped: WeakMap<object, WrappedMark>;
  /** Policies of the processors and exporters that are in use. */
  readonly policies: Set<RecordingPolicy>;
  /** Calls of our wrappers that OTel's sampler left out. */
  notSampled: number;
  /** A mask of the user's is running. */
  masking: boolean;
  /** Undoes the hook on the global `fetch`, while there is one. */
  undoFetchHook?: () => void;
}

/** What an already wrapped function was wrapped with. */
export interface WrappedMark {
  readonly type: LogType;
  /** As the options have it: a text, or the very function. */
  readonly path: unknown;
  /** What is wrapped. */
  readonly fn: object;
}

const KEY: unique symbol = Symbol.for("flowspan.state.v1") as never;

/** The shared state, made on first use. */
export function sharedState(): SharedState {
  const holder = globalThis as { [KEY]?: SharedState };
  holder[KEY] ??= {
    recorded: new WeakMap(),
    contextFields: new WeakMap(),
    remoteParents: new WeakMap(),
    leaving: new Set(),
    wrapped: new WeakMap(),
    policies: new Set(),
    notSampled: 0,
    masking: false,
  };
  return holder[KEY];
}
