import type { ParentLog } from "../base/remote-parent.ts";
import type { RecordingPolicy } from "../base/shared-state.ts";

/** What is known of the innermost log in a context: one of this process, or a carrier's. */
export interface LogAbove extends ParentLog {
  /** False for a log that has ended or is another process's: nothing can be added to it. */
  readonly recording: boolean;
  readonly policy: RecordingPolicy;
  /** Only in a resumed context: the remote parent as text, for the spans right below. */
  readonly carried?: string;
}
