import type { Context } from "@opentelemetry/api";
import { OPEN_LOG_KEY } from "../base/context-keys.ts";
import { sharedState } from "../base/shared-state.ts";
import { guarded } from "../spans/guard.ts";
import {
  context,
  createTraceState,
  isSpanContextValid,
  propagation,
  trace,
} from "../spans/otel-api.ts";
import { parseBaggage, writeBaggage } from "./baggage-text.ts";

/**
 * What carries a trace elsewhere: plain strings, as W3C names them, for JSON, structured clones and
 * a request's headers. (As an interface it would fit no type of headers.)
 */
export type Carrier = {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
};

/**
 * The place in the trace that this is called at, to be sent along with a job, a message, a
 * worker's data. The program's own baggage goes with it. Outside of any span it is `{}`. Never
 * throws, and needs no propagator.
 *
 * @example queue.push({ order, trace: carrier() });
 */
export function carrier(): Carrier {
  return guarded("carrier()", () => write(context.active())) ?? {};
}

/**
 * Runs `fn` at the place that a carrier was made at, in whichever process or thread: spans in it
 * hang under the span there, logs under the log there.
 *
 * A carrier that is missing, empty or broken changes nothing: `fn` runs as without. The headers of
 * an HTTP request are a carrier, too.
 *
 * @returns what `fn` returns.
 * @example resume(job.trace, () => handle(job.order));
 */
export function resume<T>(carrier: CarrierLike | null | undefined, fn: () => T): T {
  const entered = guarded("resume()", () => enter(carrier ?? {}));
  return entered === undefined ? fn() : context.with(entered, fn);
}

function write(active: Context): Carrier {
  const span = trace.getSpanContext(active);
  if (span === undefined || !isSpanContextValid(span)) return {};
  const { traceId, spanId, traceFlags, traceState } = span;
  for (const leave of sharedState().leaving) leave(traceId, spanId, "carried");
  const tracestate = traceState?.serialize();
  const baggage = writeBaggage(propagation.getBaggage(active));
  return {
    traceparent: `00-${traceId}-${spanId}-${(traceFlags & 255).toString(16).padStart(2, "0")}`,
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
  };
}

/** Node's types have any header as a list, too. */
type CarrierLike = Carrier | Readonly<Record<string, string | readonly string[] | undefined>>;

/** W3C's form: another version than 00 may have more at its end, and ff is none. */
const TRACEPARENT = /^(?!ff|00.{53}.)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;

function enter({ traceparent, tracestate, baggage }: CarrierLike): Context | undefined {
  if (traceparent === undefined) return undefined;
  const [, traceId = "", spanId = "", flags = ""] = TRACEPARENT.exec(traceparent as string) ?? [];
  const span = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    traceState: tracestate ? createTraceState(String(tracestate)) : undefined,
  };
  if (!isSpanContextValid(span)) throw new TypeError("expected a W3C traceparent");
  // The baggage names the log above, not a log that is open here.
  const outside = context.active().deleteValue(OPEN_LOG_KEY);
  return propagation.setBaggage(
    trace.setSpanContext(outside, span),
    parseBaggage(Array.isArray(baggage) ? baggage.join() : baggage),
  );
}
