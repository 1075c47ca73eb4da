import type { Nullable, TraceStatus } from "./wire.ts";

interface StatusMarkProps {
  readonly status: Nullable<TraceStatus>;
  readonly hasError: boolean;
}

/** A trace's status in a word and a colour; a single log outside a trace has none. */
export function StatusMark({ status, hasError }: StatusMarkProps) {
  return (
    <span class="status">
      {status && <span class={`mark is-${status}`}>{status}</span>}
      {hasError && <span class="mark is-error">error</span>}
    </span>
  );
}
