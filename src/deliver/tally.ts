/** What became of the logs that were handed over. `recorded` = `sent` + `pending` + all dropped. */
export interface DeliveryStats {
  /** Logs handed over. */
  readonly recorded: number;
  /** Logs that the server has, with everything said of them so far. */
  readonly sent: number;
  /** Logs of which something still waits. */
  readonly pending: number;
  /** Requests that had to be sent again. */
  readonly retried: number;
  /** Logs, among those sent or pending, that lost payload fields or a later change. */
  readonly truncated: number;
  /** Logs that are lost, by reason: `queue-full`, `refused-422`, `shutdown` ... */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The counters behind the stats. */
export class Tally {
  recorded = 0;
  retried = 0;
  truncated = 0;
  readonly dropped: Record<string, number> = {};

  drop(reason: string): void {
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }

  /** The stats while `pending` logs wait. */
  stats(pending: number): DeliveryStats {
    const lost = Object.values(this.dropped).reduce((sum, count) => sum + count, 0);
    const { recorded, retried, truncated } = this;
    const sent = recorded - pending - lost;
    return { recorded, sent, pending, retried, truncated, dropped: { ...this.dropped } };
  }
}
