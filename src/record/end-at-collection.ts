import type { OpenLog } from "../spans/open-log.ts";

/** What was handed to the user and thrown away unread: its span still ends. */
const ABANDONED = new FinalizationRegistry<OpenLog>((log) => log.end("unobserved"));

/**
 * Ends the log's span as `unobserved` when the object is collected with the span still open.
 * Only the last object counts: a promise may be collected while the stream it gave is read.
 */
export function endAtCollection(object: object, log: OpenLog): void {
  ABANDONED.unregister(log);
  ABANDONED.register(object, log, log);
}
