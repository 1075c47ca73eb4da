import type { DiagLogger } from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";

/** Says each kind of loss once, through OTel's `diag`. */
export class LossNotes {
  readonly #said = new Set<string>();
  readonly #log: DiagLogger;

  constructor(log: DiagLogger = diag.createComponentLogger({ namespace: "flowspan" })) {
    this.#log = log;
  }

  /** Warns, unless something of this kind was said before. */
  once(kind: string, message: string): void {
    if (this.#said.has(kind)) return;
    this.#said.add(kind);
    this.#log.warn(message);
  }

  warn(message: string): void {
    this.#log.warn(message);
  }
}
