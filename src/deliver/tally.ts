/**
 * What became of the logs that were handed over. `recorded` = `sent` + `pending` + `spooled` + all
 * dropped.
 */
export interface DeliveryStats {
  /** Logs handed over. */
  readonly recorded: number;
  /** Logs that the server has, with everything said of them so far. */
  readonly sent: number;
  /** Logs of which something still waits. */
  readonly pending: number;
  /** Logs that are on disk alone, to be sent when there is room, or by the next start. */
  readonly spooled: number;
  /** Requests that had to be sent again. */
  readonly retried: number;
  /**
   * Prompt and Tool logs that were sent again after an answer was lost, to a server where no
   * `log_id` tells that they are the same: it may have them twice.
   */
  readonly repeated: number;
  /** Logs, among those sent or pending, that lost payload fields or a later change. */
  readonly truncated: number;
  /** Logs that are lost, by reason: `queue-full`, `refused-422`, `shutdown` ... */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The counters behind the stats. */
export class Tally {
  recorded = 0;
  retried = 0;
  repeated = 0;
  truncated = 0;
  spooled = 0;
  readonly dropped: Record<string, number> = {};

  drop(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }

  /** The stats while `pending` logs wait. */
  stats(pending: number): DeliveryStats {
    const lost = Object.values(this.dropped).reduce((sum, count) => sum + count, 0);
    const { recorded, retried, repeated, spooled, truncated } = this;
    const sent = recorded - pending - spooled - lost;
    const dropped = { ...this.dropped };
    return { recorded, sent, pending, spooled, retried, repeated, truncated, dropped };
  }
}
