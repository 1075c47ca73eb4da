import { REMOTE_PARENT } from "../base/remote-parent.ts";
import { context, propagation } from "../spans/otel-api.ts";
import { type FetchCall, headersOf, withInit } from "./fetch-call.ts";

/** The arguments with the headers by which OTel's propagators carry the trace on. */
export function withTraceHeaders(call: FetchCall, args: readonly unknown[]): readonly unknown[] {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  const headers = headersOf(call);
  // What the program or another instrumentation has put there stays.
  const missing = Object.entries(carrier).filter(([name]) => !headers.has(name));
  if (missing.length === 0) return args;
  for (const [name, value] of missing) headers.set(name, value);
  return withInit(args, { headers });
}

/** A header that somebody has filled from the baggage, without our own entry. */
export function withoutOurBaggage(call: FetchCall, args: readonly unknown[]): readonly unknown[] {
  const headers = headersOf(call);
  const members = headers.get("baggage")?.split(",") ?? [];
  const others = members.filter((member) => !member.trimStart().startsWith(`${REMOTE_PARENT}=`));
  if (others.length === members.length) return args;
  if (others.length === 0) headers.delete("baggage");
  else headers.set("baggage", others.join(","));
  return withInit(args, { headers });
}
