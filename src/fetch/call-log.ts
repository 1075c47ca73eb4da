import type { OpenLog } from "../spans/open-log.ts";

/** The log of one call: there at once, or as soon as the request's body has been seen. */
export class CallLog {
  /** The request asks for an answer in pieces. */
  isStream = false;
  /** `undefined`: not yet known. `false`: there is none. */
  #log: OpenLog | false | undefined;
  #waiting: ((log: OpenLog) => void)[] = [];

  /** False once it is known that nothing is to be recorded. */
  get isWanted(): boolean {
    return this.#log === undefined || (this.#log !== false && this.#log.recording);
  }

  /** Hands the log to `use`, at once where it is known. Never, where there is none. */
  when(use: (log: OpenLog) => void): void {
    if (this.#log === undefined) this.#waiting.push(use);
    else if (this.#log !== false) use(this.#log);
  }

  /** To be called once. */
  settle(log: OpenLog | undefined): void {
    this.#log = log ?? false;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (log !== undefined) for (const use of waiting) use(log);
  }
}
