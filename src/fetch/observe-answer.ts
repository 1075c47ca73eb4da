import type { Context } from "@opentelemetry/api";
import { isInstance, isObject } from "../base/data-property.ts";
import type { Outcome } from "../base/log-types.ts";
import { endAtCollection } from "../spans/end-at-collection.ts";
import { type Sieve, watchStream } from "../spans/watch-stream.ts";
import { AnswerWatcher } from "./answer-watcher.ts";
import type { CallLog } from "./call-log.ts";

/** What any `fetch` gives, its own class or another's. */
interface AnyResponse {
  readonly status?: unknown;
  readonly body?: unknown;
  readonly headers?: { get?(name: string): string | null };
}

/**
 * Watches what a `fetch` gave, which stays the same object. Its body is looked at as the caller
 * reads it; one that is never read, or in a way that can't be seen, ends at collection.
 *
 * @param startMillis when the call was made, by `performance.now()`.
 */
export function observeAnswer(
  answer: unknown,
  call: CallLog,
  inner: Context,
  startMillis: number,
  sieve: Sieve | undefined,
): void {
  if (!isObject(answer)) return call.when((log) => log.end("unobserved"));
  const { status, body, headers } = answer as AnyResponse;
  const contentType = headers?.get?.("content-type") ?? "";
  const code = typeof status === "number" ? status : 200;
  const watcher = new AnswerWatcher(call, startMillis, code, contentType);
  if (body === null) return watcher.end("ok");
  if (isInstance(body, ReadableStream) && !body.locked) {
    if (watchStream(body, inner, withoutCollection(watcher, answer), sieve)) {
      return endAtCollection(body, watcher);
    }
  }
  endAtCollection(answer, watcher);
}

/** The platform cancels the body of a `Response` that was thrown away: nobody has read that one. */
function withoutCollection(watcher: AnswerWatcher, answer: object): AnswerWatcher {
  const held = new WeakRef(answer);
  const end = watcher.end.bind(watcher);
  watcher.end = (outcome: Outcome) => {
    const isCollected = outcome === "cancelled" && watcher.count === 0 && !held.deref();
    end(isCollected ? "unobserved" : outcome);
  };
  return watcher;
}
