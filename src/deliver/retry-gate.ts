import type { Retryable } from "../client/transport.ts";
import type { LossNotes } from "./loss-notes.ts";
import { isAboutKey } from "./outage.ts";

/** Where nobody listens it is said at once; a cut connection or an answer may pass by. */
const UNREACHABLE: ReadonlySet<unknown> = new Set(["ECONNREFUSED", "ENOTFOUND"]);
const SAID_AFTER_FAILURES = 3;
/** Refusals of the key in a row after which nobody waits for it to be taken. */
const MAX_KEY_REFUSALS = 3;
/** Longest pause while somebody waits for a flush. */
const MAX_FLUSH_PAUSE_MILLIS = 1_000;

/** Milliseconds to wait after try number `attempt`; `retryInMillis` is what the server asked for. */
export type RetryDelay = (attempt: number, retryInMillis: number | undefined) => number;

/**
 * Holds everything back while the server can't be reached or asks for time. While it is failing
 * only one request goes out at once. An outage is said when it is seen and when it is over.
 */
export class RetryGate {
  /** No request goes out before this time. */
  retryAt = 0;
  #failures = 0;
  #keyRefusals = 0;
  #lastRefusal: string | undefined;
  #isAskedFor = false;
  #isSaid = false;
  readonly #notes: LossNotes;
  readonly #retryDelay: RetryDelay;

  constructor(notes: LossNotes, retryDelay: RetryDelay) {
    this.#notes = notes;
    this.#retryDelay = retryDelay;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** The reason for what is lost while the key is refused: `refused-401`. */
  get keyRefusal(): string | undefined {
    return this.#keyRefusals >= MAX_KEY_REFUSALS ? this.#lastRefusal : undefined;
  }

  failed(result: Retryable, nowMillis: number, isFlushing: boolean): void {
    // Requests that were open together fail together: that is one failure.
    if (nowMillis < this.retryAt) return;
    this.#failures += 1;
    const isKeyRefused = isAboutKey(result.statusCode);
    this.#keyRefusals = isKeyRefused ? this.#keyRefusals + 1 : 0;
    this.#lastRefusal = `refused-${result.statusCode}`;
    const delay = this.#retryDelay(this.#failures, result.retryInMillis);
    this.#isAskedFor = result.retryInMillis !== undefined;
    const mayHurry = isFlushing && !this.#isAskedFor;
    this.retryAt = nowMillis + (mayHurry ? Math.min(delay, MAX_FLUSH_PAUSE_MILLIS) : delay);
    const isClear = isKeyRefused || isUnreachable(result);
    if (this.#isSaid || (!isClear && this.#failures < SAID_AFTER_FAILURES)) return;
    this.#isSaid = true;
    const cause = result.error?.message ?? `it answered ${result.statusCode}`;
    const trouble = isKeyRefused ? "refuses the API key" : "can't be reached";
    this.#notes.warn(`Logs wait: the Log API ${trouble} (${cause}). Sending goes on by itself.`);
  }

  passed(): void {
    this.#failures = 0;
    this.#keyRefusals = 0;
    this.retryAt = 0;
    if (!this.#isSaid) return;
    this.#isSaid = false;
    this.#notes.warn("The Log API answers again: logs that waited go out.");
  }

  /** Tries again at once, unless the server itself asked for time. */
  hurry(nowMillis: number): void {
    if (!this.#isAskedFor) this.retryAt = Math.min(this.retryAt, nowMillis);
  }
}

function isUnreachable({ error }: Retryable): boolean {
  return error !== undefined && "code" in error && UNREACHABLE.has(error.code);
}
