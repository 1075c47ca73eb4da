import { cutPayload } from "./cut-payload.ts";
import type { Refusal } from "./failures.ts";
import { isAboutKey } from "./outage.ts";
import type { Sending } from "./sending.ts";
import type { Entry } from "./trace-line.ts";

/**
 * Deals with an operation that the server refused for good.
 *
 * - A root Flow is sent once more without payloads, then its whole trace is dropped.
 * - Anything too large (413) is sent once more without payloads, then lost.
 * - Another log is lost alone; its children go under the nearest ancestor that is in.
 */
export function refuse(sending: Sending, entry: Entry, refusal: Refusal): void {
  const { backlog } = sending;
  const { operation, line, state } = entry;
  const isRoot = operation.op === "create" && operation.log.rootId === state.id;
  const isTooLarge = refusal.statusCode === 413;
  if ((isRoot && !isAboutKey(refusal.statusCode)) || isTooLarge) {
    const lean = cutPayload(operation);
    if (lean !== operation) {
      backlog.replace(entry, lean);
      backlog.truncated(state);
      backlog.again(entry);
      return;
    }
  }
  const reason = `refused-${refusal.statusCode}`;
  const detail = refusal.detail === undefined ? "" : `: ${refusal.detail}`;
  backlog.notes.once(
    reason,
    `The Log API refused a ${state.type} log's ${operation.op} with ${refusal.statusCode}${detail}. stats().dropped["${reason}"] counts lost logs.`,
  );
  if (isRoot) backlog.dropLine(line, reason);
  else backlog.lose(entry, reason);
}
