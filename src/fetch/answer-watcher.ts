import { ATTR_TIME_TO_FIRST_CHUNK } from "../base/attributes.ts";
import type { Outcome } from "../base/log-types.ts";
import { FIELDS } from "../spans/fields.ts";
import { guarded } from "../spans/guard.ts";
import type { OpenLog } from "../spans/open-log.ts";
import { currentPolicy } from "../spans/policy.ts";
import type { StreamWatcher } from "../spans/watch-stream.ts";
import { type Answer, AnswerReader } from "./answer-reader.ts";
import type { CallLog } from "./call-log.ts";
import { HttpError } from "./http-error.ts";
import { recordAnswer } from "./record-answer.ts";

/** Takes an answer's body as it is read, and ends the call's log with what it said. */
export class AnswerWatcher implements StreamWatcher {
  count = 0;
  readonly #call: CallLog;
  readonly #startMillis: number;
  readonly #status: number;
  readonly #reader: AnswerReader;
  #firstMillis: number | undefined;

  /** @param startMillis when the call was made, by `performance.now()`. */
  constructor(call: CallLog, startMillis: number, status: number, contentType: string) {
    this.#call = call;
    this.#startMillis = startMillis;
    this.#status = status;
    this.#reader = new AnswerReader(contentType, currentPolicy().maxFieldBytes);
  }

  add(chunk: unknown): void {
    if (this.count++ === 0) this.#firstMillis = performance.now();
    if (this.#call.isWanted) guarded("reading an answer", () => this.#reader.add(chunk));
  }

  end(outcome: Outcome): void {
    this.#finish((log, answer) => {
      if (this.#status >= 400) log.fail(new HttpError(this.#status, answer.value, answer.text));
      else log.end(outcome === "cancelled" && isOver(log, answer) ? "ok" : outcome);
    });
  }

  fail(error: unknown): void {
    this.#finish((log) => log.fail(error));
  }

  #finish(end: (log: OpenLog, answer: Answer) => void): void {
    const endMillis = performance.now();
    this.#call.when((log) => {
      if (!log.recording) return log.end("ok");
      const answer = guarded("reading an answer", () => this.#reader.read()) ?? NOTHING;
      guarded("recording an answer", () => {
        const seconds = (millis: number) => (millis - this.#startMillis) / 1_000;
        log.note("http.response.status_code", this.#status);
        if (this.#call.isStream && this.#firstMillis !== undefined) {
          log.note(ATTR_TIME_TO_FIRST_CHUNK, seconds(this.#firstMillis));
        }
        log.set(FIELDS.providerLatency, seconds(endMillis));
        recordAnswer(log, answer);
      });
      end(log, answer);
    });
  }
}

/** After the answer's own end, or its own failure, clients leave. */
function isOver({ fault }: OpenLog, { reading }: Answer): boolean {
  return fault !== undefined || reading?.finishReason !== undefined;
}

const NOTHING: Answer = { text: "", lostLength: 0, binaryBytes: 0 };
