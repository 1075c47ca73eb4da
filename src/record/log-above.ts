import type { RecordingPolicy } from "../base/shared-state.ts";

/** What is known of the innermost log in a context: one that is open here, or a carrier's. */
export interface LogAbove {
  /** The log's id in the Log API. */
  readonly id: string;
  /** The root Flow's log id, as far as our own wrappers know; empty when there is none. */
  readonly rootId: string;
  /** False for a log of another process: nothing can be added to it here. */
  readonly recording: boolean;
  readonly policy: RecordingPolicy;
  /** Only in a resumed context: the remote parent as text, for the spans right below. */
  readonly carried?: string;
}
