import { diag } from "@opentelemetry/api";
import type { TreeProgress } from "../assemble/assemble-tree.ts";
import { isFlowSpan } from "../assemble/is-flow-span.ts";
import { type AssembleOptions, DEFAULT_LIMITS } from "../assemble/options.ts";
import type { EncodeLimits } from "../base/encode-limits.ts";
import { diagText } from "../base/error-text.ts";
import type { LogDraft } from "../base/log-types.ts";
import type { Leaving } from "../base/shared-state.ts";
import type { LogEvent, ReadableSpanLike, SpanView } from "../base/span-view.ts";
import { ActiveTrees } from "./active-trees.ts";
import { boundedPaths } from "./bounded-paths.ts";
import type { CollectorStats, TraceCollectorOptions } from "./collector-options.ts";
import { handOver } from "./hand-over.ts";
import { LogEvents } from "./log-events.ts";
import { RememberedTrees } from "./remembered-trees.ts";
import { SpanForest } from "./span-forest.ts";
import { SpanJournal } from "./span-journal.ts";
import { spanToView } from "./span-to-view.ts";
import type { SpanTree } from "./span-tree.ts";
import { systemTimers, type Timers } from "./timers.ts";

const DEFAULT_MAX_PENDING_SPANS = 50_000;
/** Spans of finished trees that are remembered, so that late ones find their parents. */
const MAX_REMEMBERED_SPANS = 20_000;
const MAX_MADE_PATHS = 1_000;
const DEFAULT_LEFT_SPAN_MILLIS = 30_000;
/** Spans that are remembered to have carried their trace elsewhere, before they have come. */
const MAX_LEFT_SPANS = 10_000;

/**
 * Gathers spans into trees and hands their logs to a sink as operations.
 *
 * - With starts seen, a tree goes out whole when its local root has ended and no span is open. One
 *   that is open for longer than `openTraceMillis` goes out in parts: Flows and what has ended,
 *   then updates, completions last. Spans still open after their root are waited for
 *   `lateSpanMillis`.
 * - Without, a tree goes out whole `lateSpanMillis` after its local root came.
 * - A span that comes later still is sent while its tree is remembered, and counted.
 *
 * Guarantees: no method throws; spans may come in any order and any number of trees at a time;
 * each log is created once, after its parent; work and memory are linear in the spans, and a
 * tree's content is let go when it went out.
 */
export class TraceCollector {
  readonly #options: TraceCollectorOptions;
  readonly #timers: Timers;
  readonly #log = diag.createComponentLogger({ namespace: "flowspan/collect" });
  /** How logs are made here. */
  readonly assembleOptions: AssembleOptions;
  readonly #limits: EncodeLimits;
  readonly #journal: SpanJournal | undefined;
  readonly #maxPendingSpans: number;
  readonly #leftSpanMillis: number;
  readonly #active: ActiveTrees;
  readonly #forest: SpanForest;
  readonly #remembered: RememberedTrees;
  /** Trace and span ids, where starts are not seen. */
  readonly #left = new Set<string>();
  readonly #logEvents = new LogEvents();
  #lateLogEvents = 0;
  #pendingSpans = 0;
  #openSpans = 0;
  #late = 0;
  #failed = 0;

  constructor(options: TraceCollectorOptions) {
    this.#options = options;
    this.#timers = options.timers ?? systemTimers;
    this.#forest = new SpanForest(
      options.seesStarts,
      () => this.#timers.now(),
      (joined) => this.#active.delete(joined),
    );
    this.#active = new ActiveTrees(options, (tree, now) =>
      this.#guard(() => this.#look(tree, now)),
    );
    this.#remembered = new RememberedTrees(this.#forest.index, MAX_REMEMBERED_SPANS);
    this.#limits = options.limits ?? DEFAULT_LIMITS;
    this.#journal =
      options.journal &&
      new SpanJournal(options.journal, this.#limits, options.content, (view) =>
        this.#logEvents.join(view),
      );
    this.#maxPendingSpans = options.maxPendingSpans ?? DEFAULT_MAX_PENDING_SPANS;
    this.#leftSpanMillis =
      options.leftSpanMillis ?? Math.max(DEFAULT_LEFT_SPAN_MILLIS, options.lateSpanMillis);
    this.assembleOptions = {
      serviceName: options.serviceName,
      content: options.content,
      limits: options.limits,
      ...options.pricing,
      acceptRemoteParent: options.acceptRemoteParent,
      madePath: boundedPaths(MAX_MADE_PATHS, () => {
        this.#log.warn(
          `paths: more than ${MAX_MADE_PATHS} were made from span names; the rest share one`,
        );
      }),
    };
  }

  /** Takes note of a span at its start. */
  spanStarted(span: ReadableSpanLike): void {
    this.#guard(() => this.#start(span));
  }

  /** Whether the parent of a span that starts is known here, open or remembered. */
  knowsParent(span: ReadableSpanLike): boolean {
    return this.#forest.knowsParent(span);
  }

  /** Takes a span that has ended. */
  spanEnded(span: ReadableSpanLike): void {
    this.#guard(() => this.#end(spanToView(span)));
  }

  /**
   * Takes a log record that is an event of a span, which may have ended, until the span's log goes
   * out.
   */
  logRecorded(traceId: string, spanId: string, event: LogEvent, bytes: number): void {
    const tree = this.#forest.index.get(traceId, spanId);
    const isOpen = tree === undefined || tree.open.has(spanId);
    const waiting = isOpen ? undefined : tree.waitingSpan(spanId);
    if (!isOpen && waiting === undefined) {
      this.#lateLogEvents++;
      return;
    }
    this.#logEvents.add(traceId, spanId, event, bytes);
    // It was written as it ended.
    if (tree && waiting) this.#journal?.spanChanged(waiting, tree);
  }

  /** A trace goes elsewhere from one of its spans here: more of it may come from there. */
  contextLeft(traceId: string, spanId: string, how: Leaving): void {
    const tree = this.#forest.index.get(traceId, spanId);
    if (how === "called") {
      // Without starts seen every tree waits as long.
      if (tree !== undefined) tree.hasCalled = true;
    } else if (tree !== undefined) tree.hasLeft = true;
    else if (!this.#options.seesStarts) {
      this.#left.add(traceId + spanId);
      for (const oldest of this.#left) {
        if (this.#left.size <= MAX_LEFT_SPANS) break;
        this.#left.delete(oldest);
      }
    }
  }

  /**
   * Hands over what has ended, without completing a trace that more may come to.
   *
   * Kept back: spans inside an open `prompt()`, calls whose streamed answer is still read, and, where starts are not seen, spans whose local
   * root has not come.
   */
  flush(): void {
    this.#guard(() => {
      for (const tree of this.#active) {
        if (tree.isFinished) this.#handOverLate(tree);
        else if (tree.missing === undefined) this.#handOverOpen(tree, true);
      }
    });
  }

  /** Hands over everything, open spans too, and completes every Flow. */
  shutdown(): void {
    this.#guard(() => {
      for (const tree of this.#active) this.#finish(tree, true);
      this.#active.stop();
    });
  }

  /** Hands over the whole trees that waited for `isReady`. */
  becameReady(): void {
    this.#guard(() => {
      for (const tree of this.#active) if (this.#isWhole(tree)) this.#finish(tree, false);
    });
  }

  /** Writes what is open to the journal, for the end of the process. */
  journalOpen(): void {
    this.#guard(() => {
      for (const tree of this.#active) this.#journal?.openSpans(tree);
    });
  }

  stats(): CollectorStats {
    return {
      pendingSpans: this.#pendingSpans,
      openSpans: this.#openSpans,
      late: this.#late,
      orphaned: this.#forest.orphanedSpans,
      droppedLogEvents: this.#logEvents.dropped + this.#lateLogEvents,
      failed: this.#failed,
    };
  }

  #start(span: ReadableSpanLike): void {
    const tree = this.#forest.treeOfStarted(span);
    this.#openSpans++;
    this.#active.add(tree);
    if (this.#openSpans > this.#maxPendingSpans) this.#relieve((oldest) => oldest.open.size > 0);
  }

  #end(view: SpanView): void {
    const tree = this.#forest.treeOfEnded(view);
    // The same span twice: two processors may share one exporter.
    if (tree === undefined) return;
    this.#journal?.spanEnded(view, tree);
    if (tree.open.has(view.spanId)) this.#openSpans--;
    tree.end(view, this.#timers.now());
    if (this.#left.delete(view.traceId + view.spanId)) tree.hasLeft = true;
    this.#pendingSpans++;
    this.#active.add(tree);
    if (this.#options.isReady?.() !== false && this.#isWhole(tree)) this.#finish(tree, false);
    if (this.#pendingSpans > this.#maxPendingSpans) {
      this.#relieve((oldest) => oldest.waitingSpans > 0);
    }
  }

  /** Nothing of it is open or to be waited for, as far as starts were seen. */
  #isWhole(tree: SpanTree): boolean {
    const isEnded = tree.rootEndedAtMillis !== undefined && tree.open.size === 0;
    const isAwaited = tree.hasLeft || tree.hasCalled || tree.isFinished;
    return this.#options.seesStarts && isEnded && !isAwaited;
  }

  #look(tree: SpanTree, now: number): void {
    const { seesStarts, openTraceMillis, lateSpanMillis } = this.#options;
    const { missing, rootEndedAtMillis, hasLeft } = tree;
    const endMillis = hasLeft ? this.#leftSpanMillis : lateSpanMillis;
    const opensAt = seesStarts
      ? tree.opensAt(openTraceMillis)
      : (rootEndedAtMillis ?? Number.POSITIVE_INFINITY) + lateSpanMillis;
    if (missing !== undefined) {
      // SDK 1.x does not say whether the parent is in this process at all.
      const isOver = now - missing.sinceMillis >= lateSpanMillis;
      if (!missing.isLocal && isOver) this.#finish(tree, false);
    } else if (tree.isFinished) {
      this.#handOverLate(tree);
    } else if (rootEndedAtMillis !== undefined && now - rootEndedAtMillis >= endMillis) {
      this.#finish(tree, false);
    } else if (opensAt <= now) {
      this.#handOverOpen(tree, false);
    }
  }

  /** The tree goes out whole. With `withOpen` open spans go too, and every Flow is completed. */
  #finish(tree: SpanTree, withOpen: boolean): void {
    this.#forest.stopWaiting(tree);
    this.#handOver(tree, tree.takeAll(withOpen), WHOLE, (flow) => withOpen || flow.ended);
    tree.isFinished = true;
    if (withOpen) {
      this.#openSpans -= tree.open.size;
      tree.open.clear();
    }
    this.#settle(tree);
  }

  /** What has ended goes out, and open Flows with it; the tree stays. */
  #handOverOpen(tree: SpanTree, withLone: boolean): void {
    const spans = tree.takeReady((view) => isFlowSpan(view, this.#limits));
    if (spans.length === 0) return;
    this.#journal?.handedOver(spans, tree);
    // Without starts nobody knows what is still open, so nothing is complete.
    const isWhole = this.#options.seesStarts ? isWholeFlow(tree) : () => false;
    const isComplete = (flow: LogDraft) =>
      !(tree.hasLeft && flow.id === flow.rootId) && isWhole(flow);
    this.#handOver(tree, spans, { open: true, withLone }, isComplete);
    this.#forest.trim(tree);
  }

  /** What came after its tree went out. */
  #handOverLate(tree: SpanTree): void {
    const spans = tree.takeReady(() => false);
    if (spans.length > 0) this.#handOver(tree, spans, WHOLE, isWholeFlow(tree));
    this.#settle(tree);
  }

  /** A finished tree is remembered, and looked at again only for what is still open. */
  #settle(tree: SpanTree): void {
    this.#remembered.add(tree);
    if (tree.open.size === 0) this.#active.delete(tree);
  }

  #handOver(
    tree: SpanTree,
    spans: readonly SpanView[],
    progress: TreeProgress,
    isComplete: (flow: LogDraft) => boolean,
  ): void {
    const ended = spans.reduce(
      (count, span) => (span.endTime === undefined ? count : count + 1),
      0,
    );
    this.#pendingSpans -= ended;
    try {
      const handed = handOver(
        tree,
        this.#logEvents.take(spans),
        this.#options.sink,
        this.assembleOptions,
        progress,
        isComplete,
      );
      this.#pendingSpans += handed.waitingSpans;
      this.#late += handed.lateLogs;
    } catch (error) {
      this.#fail(ended, error);
    }
  }

  /** Too many spans wait or are open: the oldest tree of those goes out as it is. */
  #relieve(counts: (tree: SpanTree) => boolean): void {
    for (const tree of this.#active) {
      if (!counts(tree)) continue;
      const before = tree.waitingSpans;
      const isOpen = tree.open.size > 0 && !tree.isFinished;
      if (isOpen && before > 0) this.#handOverOpen(tree, true);
      if (!isOpen || tree.waitingSpans === before) this.#finish(tree, true);
      return;
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(1, error);
    }
  }

  #fail(spans: number, error: unknown): void {
    if (this.#failed === 0) {
      this.#log.error("spans: expected logs, got an error. Please report it.", diagText(error));
    }
    this.#failed += spans;
  }
}

const WHOLE: TreeProgress = { open: false, withLone: true };

/** Says which Flows have ended with nothing open below. Asked once the new logs have places. */
function isWholeFlow(tree: SpanTree): (flow: LogDraft) => boolean {
  let busy: ReadonlySet<string> | undefined;
  return (flow) => {
    busy ??= tree.busyLogs();
    return flow.ended && !busy.has(flow.id);
  };
}
