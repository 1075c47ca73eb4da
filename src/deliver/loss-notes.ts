import type { DiagLogger } from "@opentelemetry/api";
import { diag } from "@opentelemetry/api";
import { maskSecrets } from "../base/mask.ts";

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
    this.warn(message);
  }

  /** Warns. A server's answer may quote what it was sent, a secret among it. */
  warn(message: string): void {
    this.#log.warn(maskSecrets(message));
  }
}
