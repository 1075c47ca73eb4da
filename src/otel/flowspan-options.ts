import type { MaskText } from "../base/mask.ts";
import type { ContentMode } from "../base/shared-state.ts";
import type { KeepTrace } from "./keep-sink.ts";

/**
 * Options of `start()`, `FlowspanSpanProcessor` and `FlowspanExporter`. Each beats its environment
 * variable, which beats the default.
 */
export interface FlowspanOptions {
  /**
   * Address of the Log API; without a path it gets `/v5`. `FLOWSPAN_URL`. Default
   * `http://127.0.0.1:4319/v5`.
   */
  readonly url?: string;
  /** Sent as `X-API-KEY`. `FLOWSPAN_API_KEY`. Default none. */
  readonly apiKey?: string;
  /**
   * Label of every log that has none of its own: the body's `environment`, which selects no
   * version. `FLOWSPAN_ENVIRONMENT`. Default none.
   */
  readonly environment?: string;
  /**
   * Where content goes: `span` puts it on the span, so that every exporter sees it; `log` keeps it
   * to the Log API; `none` records names, timings, tokens and costs alone. `FLOWSPAN_CONTENT`.
   * Default `span`.
   */
  readonly content?: ContentMode;
  /** Also write `gen_ai.input.messages` and `gen_ai.output.messages`. Default false. */
  readonly semconvContent?: boolean;
  /** Gets each string of the content with its path and gives what to keep. Default none. */
  readonly mask?: MaskText;
  /** A longer field is cut, with a marker that tells its full size, in bytes. Default 1 MiB. */
  readonly maxFieldBytes?: number;
  /** Memory that waiting logs may take, in bytes. Default 64 MiB. */
  readonly maxQueueBytes?: number;
  /**
   * A trace that is open for longer is sent as it grows, in milliseconds. Default 2 000.
   */
  readonly openTraceMillis?: number;
  /** Send every trace as it grows: `openTraceMillis: 0`. Default false. */
  readonly live?: boolean;
  /**
   * Chooses by the finished trace: true sends it, false drops it and counts its logs in
   * `stats().dropped["not-kept"]`. It is asked once, when the trace has ended, or at a `flush()`
   * or `shutdown()` by what is there. No trace is sent as it grows then, so `openTraceMillis` and
   * `live` cannot be given beside it. If it throws, the trace is kept. Default: all are sent.
   *
   * @example keep: ({ hasError, durationMillis }) => hasError || durationMillis > 5_000
   */
  readonly keep?: KeepTrace;
  /**
   * A folder that every ended span is written to before anything else is done with it, and that
   * holds it until its log is sent: a program that is killed loses nothing, and what memory has no
   * room for waits there. The next start with the same folder sends what is left. Several
   * processes may share it. It is made, for this user alone, where it is missing. `false`: nothing
   * is ever written. `FLOWSPAN_SPOOL_DIR`. Default none; `start()` writes what is unsent when its
   * process exits to a private folder under the temporary directory.
   */
  readonly spoolDir?: string | false;
  /** What the spool's files may take, in bytes. Default 512 MiB. */
  readonly maxSpoolBytes?: number;
  /**
   * Gets a promise for each trace that ends, which resolves when its logs are sent: for platforms
   * that freeze a process once it has answered, such as `waitUntil` of `@vercel/functions`. It is
   * called where the root span ends. Default none.
   */
  readonly waitUntil?: (sent: Promise<unknown>) => void;
  /**
   * Whether spans here may hang under another process's log, as baggage or a carrier names it.
   * False is for services that strangers call: what they send places nothing and silences
   * nothing, and what is recorded here is a trace of its own. Default true.
   */
  readonly acceptRemoteParent?: boolean;
  /**
   * Whether calls that their provider names no cost for are priced by the public price table, and
   * the tokens of streams that told none are estimated. Default true.
   */
  readonly prices?: boolean;
  /**
   * How long a trace waits for spans that end after its root, in milliseconds, and for those of
   * services that it called; one that `carrier()` took elsewhere waits for at least 30 000.
   * Default 1 000.
   */
  readonly lateSpanMillis?: number;
  /** How long one try of one request may take, in milliseconds. Default 30 000. */
  readonly requestTimeoutMillis?: number;
  /** How long `flush()` and `forceFlush()` may take, in milliseconds. Default 30 000. */
  readonly flushTimeoutMillis?: number;
  /** How long `shutdown()` may take, in milliseconds; what is not sent by then is lost. Default 10 000. */
  readonly shutdownTimeoutMillis?: number;
}

/** Options of `FlowspanExporter`: the others need to see spans start. */
export type FlowspanExporterOptions = Omit<FlowspanOptions, "keep" | "live" | "openTraceMillis">;
