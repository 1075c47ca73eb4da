import { resolve } from "node:path";
import { Pipeline } from "../otel/pipeline.ts";
import { resolveOptions } from "../otel/resolve-options.ts";
import { sendDiagToStderr } from "./diag-to-stderr.ts";

/** How long one round may take before it has to have sent something, in milliseconds. */
const ROUND_MILLIS = 10_000;

/** Options of `sendSpool()`. */
export interface SendSpoolOptions {
  /** As for `start()`. `FLOWSPAN_URL`. */
  readonly url?: string;
  /** As for `start()`. `FLOWSPAN_API_KEY`. */
  readonly apiKey?: string;
}

/** What became of a spool folder. */
export interface SpoolSent {
  /** Logs that the server has. */
  readonly sent: number;
  /** Logs that it refused, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Traces that are still in the folder. */
  readonly leftTraces: number;
}

/**
 * Sends what programs that are gone left in a spool folder, whichever server it was for. What was
 * sent is removed; what the server does not take for ten seconds stays. Files of programs that run
 * are left to them. Warnings go to OTel's `diag`; without a logger there, to stderr.
 *
 * @throws TypeError or RangeError for an option that can't be used.
 */
export async function sendSpool(
  folder: string,
  options: SendSpoolOptions = {},
): Promise<SpoolSent> {
  const resolved = resolveOptions("sendSpool()", options, process.env);
  const stopDiag = sendDiagToStderr();
  const pipeline = new Pipeline(resolved, false, {
    folder: resolve(folder),
    isShared: false,
    destination: "",
    takesSpans: false,
    adoptsAll: true,
  });
  let before: number;
  do {
    before = pipeline.stats().sent;
    await pipeline.finish(ROUND_MILLIS);
  } while (!pipeline.isIdle && pipeline.stats().sent > before);
  await pipeline.shutdown(0);
  stopDiag();
  const { sent, dropped } = pipeline.stats();
  return { sent, dropped, leftTraces: pipeline.leftTraces };
}
