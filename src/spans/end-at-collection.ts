import type { Outcome } from "../base/log-types.ts";

/** What is open until it is ended: a log, or what puts its answer together. */
interface Ending {
  end(outcome: Outcome): void;
}

/** What was handed to the user and thrown away unread: its span still ends. */
const ABANDONED = new FinalizationRegistry<Ending>((log) => log.end("unobserved"));

/**
 * Ends the log's span as `unobserved` when the object is collected with the span still open.
 * Only the last object counts: a promise may be collected while the stream it gave is read.
 */
export function endAtCollection(object: object, log: Ending): void {
  ABANDONED.unregister(log);
  ABANDONED.register(object, log, log);
}
