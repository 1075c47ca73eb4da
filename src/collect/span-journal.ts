import { withoutContent } from "../assemble/hide-content.ts";
import { withReading } from "../assemble/with-reading.ts";
import type { EncodeLimits } from "../base/encode-limits.ts";
import type { ContentMode } from "../base/shared-state.ts";
import type { SpanView } from "../base/span-view.ts";
import type { Journal } from "./collector-options.ts";
import { writeSpanRecord } from "./span-record.ts";
import type { SpanTree } from "./span-tree.ts";

/**
 * Writes spans to a journal as they end, so that their logs can be made by another process.
 *
 * What is open above a span is written with it, once: its log is then known, if not its end. What
 * has ended nothing inside is written by its own end alone.
 */
export class SpanJournal {
  readonly #journal: Journal;
  readonly #limits: EncodeLimits;
  readonly #isNone: boolean;
  readonly #join: (view: SpanView) => SpanView;

  /** @param join adds what is known of a span beside it. */
  constructor(
    journal: Journal,
    limits: EncodeLimits,
    content: ContentMode | undefined,
    join: (view: SpanView) => SpanView,
  ) {
    this.#journal = journal;
    this.#join = join;
    this.#limits = limits;
    this.#isNone = content === "none";
  }

  /** Writes a span that is about to end in its tree. */
  spanEnded(view: SpanView, tree: SpanTree): void {
    this.#write(tree.takeUnwritten(view.parentSpanId), tree);
    this.#write([view], tree);
  }

  /** Writes a span again of which more is known now: the later one counts. */
  spanChanged(view: SpanView, tree: SpanTree): void {
    this.#write([view], tree);
  }

  /** Writes those of a tree's spans that are handed over while they are open. */
  handedOver(views: readonly SpanView[], tree: SpanTree): void {
    for (const { spanId, endTime } of views) {
      if (endTime === undefined) this.#write(tree.takeUnwritten(spanId), tree);
    }
  }

  /** Writes what is open, for the end of the process. */
  openSpans(tree: SpanTree): void {
    for (const spanId of tree.open.keys()) this.#write(tree.takeUnwritten(spanId), tree);
  }

  #write(views: readonly SpanView[], tree: SpanTree): void {
    for (const view of views) {
      const read = withReading(this.#join(view), this.#limits);
      const isSaved = tree.savesPayload(view.spanId) && read.reading?.fields.save !== "false";
      const isHidden = this.#isNone || !isSaved;
      const reading =
        isHidden && read.reading ? withoutContent(read.reading, view, this.#isNone) : read.reading;
      this.#journal.append(view.traceId, writeSpanRecord({ ...read, reading }));
    }
  }
}
