import { BAGGAGE_KEY, OPEN_LOG_KEY } from "./context-keys.ts";
import { isOfTrace, type ParentLog, REMOTE_PARENT, readRemoteParent } from "./remote-parent.ts";
import { sharedState } from "./shared-state.ts";

/** What is known of the log that a span hangs under: one of this process, or another one's. */
export interface LogAbove extends ParentLog {
  /** Another process's: the remote parent as text, for the spans right below. */
  readonly carried?: string;
}

/**
 * The log that spans of this trace hang under in a context: the innermost open one, else the one
 * that came with the trace by baggage, unless a policy in use refuses those. A log of another
 * trace is none.
 */
export function logAbove(
  context: { getValue(key: symbol): unknown },
  traceId: string | undefined,
): LogAbove | undefined {
  const open = context.getValue(OPEN_LOG_KEY) as LogAbove | undefined;
  if (open && isOfTrace(open, traceId)) return open;
  const baggage = context.getValue(BAGGAGE_KEY) as BaggageLike | null | undefined;
  const carried = baggage?.getEntry(REMOTE_PARENT)?.value;
  const remote = readRemoteParent(carried, traceId);
  for (const { acceptRemoteParent } of sharedState().policies) {
    if (acceptRemoteParent === false) return undefined;
  }
  return remote && { ...remote, carried };
}

/** What is used of OTel's `Baggage`. */
interface BaggageLike {
  getEntry(key: string): { readonly value: string } | undefined;
}
