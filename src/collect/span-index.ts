import type { SpanTree } from "./span-tree.ts";

/** Which tree a span is in, by trace id and span id. */
export class SpanIndex {
  readonly #traces = new Map<string, Map<string, SpanTree>>();

  get(traceId: string, spanId: string | undefined): SpanTree | undefined {
    if (spanId === undefined) return undefined;
    return this.#traces.get(traceId)?.get(spanId)?.whole;
  }

  set(traceId: string, spanId: string, tree: SpanTree): void {
    const spans = this.#traces.get(traceId);
    if (spans === undefined) this.#traces.set(traceId, new Map([[spanId, tree]]));
    else spans.set(spanId, tree);
  }

  delete(traceId: string, spanId: string): void {
    const spans = this.#traces.get(traceId);
    if (spans === undefined) return;
    spans.delete(spanId);
    if (spans.size === 0) this.#traces.delete(traceId);
  }
}
