import type { OpenLog } from "./open-log.ts";

/** What was handed to the user and thrown away unread: its span still ends. */
const ABANDONED = new FinalizationRegistry<OpenLog>((log) => log.end("unobserved"));

/** Ends the log's span as `unobserved` when the object is collected with the span still open. */
export function endAtCollection(object: object, log: OpenLog): void {
  ABANDONED.register(object, log);
}
