import type { Context } from "@opentelemetry/api";
import type { ReadableSpanLike } from "../base/span-view.ts";
import type { FlowspanStats, Pipeline } from "./pipeline.ts";

/** Hands spans to a pipeline, as the SDKs' span processors do. Without one it does nothing. */
export class PipelineProcessor {
  readonly #pipeline: Pipeline | undefined;

  constructor(pipeline: Pipeline | undefined) {
    this.#pipeline = pipeline;
  }

  onStart(span: ReadableSpanLike, parentContext: Context): void {
    this.#pipeline?.spanStarted(span, parentContext);
  }

  onEnd(span: ReadableSpanLike): void {
    this.#pipeline?.spanEnded(span);
  }

  async forceFlush(): Promise<void> {
    await this.#pipeline?.flush();
  }

  async shutdown(): Promise<void> {
    await this.#pipeline?.shutdown();
  }

  /** What became of everything so far; `undefined` where it is disabled. */
  stats(): FlowspanStats | undefined {
    return this.#pipeline?.stats();
  }
}
