import { diag } from "@opentelemetry/api";
import { diagText } from "../base/error-text.ts";
import type { Operation, OperationSink } from "../base/log-types.ts";
import { type FinishedTrace, summariseTrace } from "./finished-trace.ts";

/** Chooses by the finished trace: true sends it, false drops it. */
export type KeepTrace = (trace: FinishedTrace) => boolean;

/** Traces whose decision is remembered for logs that come late; the oldest is forgotten first. */
const MAX_DECISIONS = 20_000;

/**
 * A sink that asks `keep` once for each trace, when its first logs are handed over, and lets
 * through what it keeps. What comes later of a trace goes the way of its first part.
 *
 * A `keep` that throws, or gives neither true nor false, keeps the trace; that is said once.
 */
export class KeepSink implements OperationSink {
  readonly #inner: OperationSink;
  readonly #keep: KeepTrace;
  readonly #decisions = new Map<string, boolean>();
  #dropped = 0;
  #isFaultSaid = false;

  constructor(inner: OperationSink, keep: KeepTrace) {
    this.#inner = inner;
    this.#keep = keep;
  }

  /** Logs that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  submit(operations: readonly Operation[]): void {
    const [first] = operations;
    if (first === undefined) return;
    const id = first.log.rootId ?? first.log.id;
    if (this.#decisions.get(id) ?? this.#decide(id, operations)) this.#inner.submit(operations);
    else this.#dropped += operations.filter(({ op }) => op === "create").length;
  }

  #decide(id: string, operations: readonly Operation[]): boolean {
    const isKept = this.#ask(id, operations);
    this.#decisions.set(id, isKept);
    if (this.#decisions.size > MAX_DECISIONS) {
      for (const oldest of this.#decisions.keys()) {
        this.#decisions.delete(oldest);
        break;
      }
    }
    return isKept;
  }

  #ask(id: string, operations: readonly Operation[]): boolean {
    try {
      const logs = operations.filter(({ op }) => op === "create").map(({ log }) => log);
      // Changes alone: its decision was forgotten, so it is an old trace.
      if (logs.length === 0) return true;
      const answer: unknown = this.#keep(summariseTrace(id, logs));
      if (typeof answer === "boolean") return answer;
      // Its failure must not end the process.
      if (answer instanceof Promise) answer.catch(() => {});
      this.#say(`expected true or false, got ${typeof answer}`);
    } catch (error) {
      this.#say("it threw", error);
    }
    return true;
  }

  #say(what: string, cause?: unknown): void {
    if (this.#isFaultSaid) return;
    this.#isFaultSaid = true;
    const more = cause === undefined ? "" : ` ${diagText(cause)}`;
    diag.warn(`flowspan: keep: ${what}. The trace is kept; more of the same is not said.${more}`);
  }
}
