/**
 * Where traces outlive the process that recorded them. They are OTel's traces, named by their 32
 * hex digits. No method throws.
 */
export interface TraceDisk {
  /** Somebody has something of the trace to do. */
  hold(traceId: string): void;
  /** One who held it is done; with the last one the trace is settled, unless it was left. */
  release(traceId: string): void;
  /** Leaves a trace to the disk, where all of it is; false where it is not. */
  leave(traceId: string): boolean;
  /**
   * Leaves a part of a trace as these lines, JSON; false where they could not be written. They
   * stand for all of the trace that is not left already.
   */
  leaveAs(traceId: string, texts: readonly string[]): boolean;
}
