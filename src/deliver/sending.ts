import type { TransportRequest, TransportResult } from "../client/transport.ts";
import type { Backlog } from "./backlog.ts";
import type { TraceLine } from "./trace-line.ts";

/** What a wire needs of the delivery that drives it. */
export interface Sending {
  readonly backlog: Backlog;
  /** True where the server is on this machine. */
  readonly isLoopback: boolean;
  /** Milliseconds since any fixed point. */
  now(): number;
  /** The server fails: one request at a time, and better a small one. */
  isFailing(): boolean;
  /**
   * Sends one request, watches the server's health, and never rejects. Whatever says nothing of
   * the logs themselves comes back as retryable, a refused key too.
   */
  send(request: TransportRequest): Promise<TransportResult>;
  /** Holds one trace back for a while, because the server failed over it for the nth time. */
  holdBack(line: TraceLine, failures: number): void;
  /** The server does not take batches after all. */
  turnBatchOff(): void;
}

/** One way to put operations on the wire. */
export interface Wire {
  /** Requests at once. */
  readonly maxRequests: number;
  /** True when enough waits for a full request, so that nothing is gained by waiting on. */
  isFull(): boolean;
  /**
   * Starts one request and resolves when its answer is dealt with; never rejects. `undefined` where
   * nothing can be sent now.
   */
  startNext(): Promise<void> | undefined;
}
