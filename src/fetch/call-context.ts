import type { Context, Span } from "@opentelemetry/api";
import { OPEN_LOG_KEY, SPAN_KEY } from "../base/context-keys.ts";
import { logAbove } from "../base/log-above.ts";
import { REMOTE_PARENT } from "../base/remote-parent.ts";
import { propagation, trace } from "../spans/otel-api.ts";

/** Holds the URL of the provider call that is being made. */
const CALL_KEY: symbol = Symbol.for("flowspan.fetch-call");

/** True inside a call to this URL that a hook has already seen: two hooks may see one call. */
export function isInCall(active: Context, url: URL): boolean {
  return active.getValue(CALL_KEY) === url.href;
}

/**
 * The context that a provider is called in: below the call's span, and with nothing of ours in
 * the baggage. Other instrumentations send what they find there, and our ids are none of the
 * provider's business.
 *
 * @param span `undefined` while it is not known whether there is one.
 */
export function callContext(parent: Context, url: URL, span: Span | undefined): Context {
  const { sampled = false, unsaved = false } =
    logAbove(parent, trace.getSpanContext(parent)?.traceId) ?? {};
  // A log of no trace: it writes nothing to the baggage, takes no fields, and keeps `save: false`.
  const nobody = { id: "", rootId: "", sampled, unsaved };
  let inner = parent.setValue(OPEN_LOG_KEY, nobody).setValue(CALL_KEY, url.href);
  if (span !== undefined) inner = inner.setValue(SPAN_KEY, span);
  const baggage = propagation.getBaggage(inner);
  return baggage?.getEntry(REMOTE_PARENT) === undefined
    ? inner
    : propagation.setBaggage(inner, baggage.removeEntry(REMOTE_PARENT));
}
