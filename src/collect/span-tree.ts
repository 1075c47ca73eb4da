import { emptyMemory, type Place, type TreeMemory } from "../assemble/place.ts";
import { ATTR_CALL, ATTR_TYPE } from "../base/attributes.ts";
import type { LogDraft } from "../base/log-types.ts";
import { sharedState } from "../base/shared-state.ts";
import type { ReadableSpanLike, SpanView } from "../base/span-view.ts";
import { spanToView } from "./span-to-view.ts";

/** A span that has started and not ended. */
interface OpenSpan {
  readonly span: ReadableSpanLike;
  readonly parentId: string | undefined;
  /** The outermost open `prompt()` that it is below. */
  readonly promptId: string | undefined;
  /** The nearest span of our own wrappers, at or above it. */
  readonly own: ReadableSpanLike | undefined;
  /** From its start on it was known that payloads are not to be stored. */
  readonly isUnsaved: boolean;
  /** It stands in the journal. */
  isWritten: boolean;
}

/** A parent that has not come. */
export interface MissingParent {
  readonly parentId: string;
  readonly sinceMillis: number;
  /** True: it is in this process. False: the SDK does not say (1.x). */
  readonly isLocal: boolean;
}

/**
 * The spans under one local root: what is open, what has ended and waits, and where everything
 * stands that was handed over.
 */
export class SpanTree {
  readonly traceId: string;
  readonly memory: TreeMemory = emptyMemory();
  readonly open: Map<string, OpenSpan> = new Map();
  /** Logs that were handed over and may still change or be completed, parents first. */
  live: ReadonlyMap<string, LogDraft> = new Map();
  /** When its first span came. */
  readonly firstAtMillis: number;
  /** When its local root ended; `undefined` while it is open or has not come. */
  rootEndedAtMillis: number | undefined;
  /** The local root, once it is known. */
  rootSpanId: string | undefined;
  /** Set while its top spans wait for their parent; only where starts are not seen. */
  missing: MissingParent | undefined;
  /** Carried elsewhere: more may come from there, so its parents go out early and it ends late. */
  hasLeft = false;
  /** A request took it elsewhere: what comes from there may come just after its end here. */
  hasCalled = false;
  /** Handed over with its root. What comes now is late. */
  isFinished = false;
  /** The tree that this one turned out to be a part of. */
  #joined: SpanTree | undefined;
  #waiting: SpanView[] = [];
  /** Spans below an open `prompt()`, by that prompt: provider calls among them may fold into it. */
  readonly #held = new Map<string, SpanView[]>();
  #heldSpans = 0;
  /** Open spans that `takeReady` has not looked at yet. */
  #fresh: string[] = [];

  constructor(traceId: string, nowMillis: number) {
    this.traceId = traceId;
    this.firstAtMillis = nowMillis;
  }

  /** The tree that this one is a part of by now: itself unless it was joined to another. */
  get whole(): SpanTree {
    if (this.#joined === undefined) return this;
    this.#joined = this.#joined.whole;
    return this.#joined;
  }

  /** Nothing of it was handed over, and nothing is known to be open. */
  get isUntouched(): boolean {
    return this.memory.places.size === 0 && this.open.size === 0;
  }

  /** When it starts to go out in parts: never for one whose local root has just ended. */
  opensAt(openTraceMillis: number): number {
    if (this.hasLeft && Number.isFinite(openTraceMillis)) return this.firstAtMillis;
    const isEnded = this.rootEndedAtMillis !== undefined;
    return isEnded ? Number.POSITIVE_INFINITY : this.firstAtMillis + openTraceMillis;
  }

  /** Ended spans that were not handed over. */
  get waitingSpans(): number {
    return this.#waiting.length + this.#heldSpans;
  }

  start(spanId: string, parentId: string | undefined, span: ReadableSpanLike): void {
    const parent = parentId === undefined ? undefined : this.open.get(parentId);
    const promptId =
      parent === undefined
        ? undefined
        : (parent.promptId ?? (isOwnPrompt(parent.span) ? parentId : undefined));
    this.open.set(spanId, {
      span,
      parentId,
      promptId,
      own: span.attributes[ATTR_TYPE] === undefined ? parent?.own : span,
      isUnsaved: parent?.isUnsaved || isUnsavedAtStart(span),
      isWritten: false,
    });
    this.#fresh.push(spanId);
  }

  /** Whether payloads of a span that is open or has just ended may be stored, as far as known. */
  savesPayload(spanId: string): boolean {
    const open = this.open.get(spanId);
    const isOwnUnsaved = open?.own && sharedState().recorded.get(open.own)?.unsaved;
    return !(open?.isUnsaved || isOwnUnsaved);
  }

  /** The open spans above a span that this did not give before, the nearest first. */
  takeUnwritten(spanId: string | undefined): readonly SpanView[] {
    const views: SpanView[] = [];
    for (let id = spanId; id !== undefined; ) {
      const open = this.open.get(id);
      if (open === undefined || open.isWritten) break;
      open.isWritten = true;
      views.push(this.#openView(open));
      id = open.parentId;
    }
    return views;
  }

  end(ended: SpanView, nowMillis: number): void {
    const view = this.savesPayload(ended.spanId) ? ended : { ...ended, unsaved: true };
    const promptId = this.open.get(view.spanId)?.promptId;
    this.open.delete(view.spanId);
    if (view.spanId === this.rootSpanId) this.rootEndedAtMillis = nowMillis;
    this.#release(view.spanId);
    if (promptId === undefined || !this.open.has(promptId)) {
      this.#waiting.push(view);
      return;
    }
    this.#heldSpans++;
    const held = this.#held.get(promptId);
    if (held === undefined) this.#held.set(promptId, [view]);
    else held.push(view);
  }

  /** An ended span that was not handed over. */
  waitingSpan(spanId: string): SpanView | undefined {
    const views = [this.#waiting, ...this.#held.values()].flat();
    return views.find((view) => view.spanId === spanId);
  }

  /** Takes over another tree's spans, none of which was handed over. */
  join(other: SpanTree): void {
    for (const view of other.#waiting) this.#waiting.push(view);
    other.#waiting = [];
    this.hasLeft ||= other.hasLeft;
    this.hasCalled ||= other.hasCalled;
    other.#joined = this;
  }

  /** Spans whose log was not made yet wait again. */
  putBack(views: readonly SpanView[]): void {
    this.#waiting.push(...views);
  }

  /** Every ended span, and with `withOpen` every open one. */
  takeAll(withOpen: boolean): readonly SpanView[] {
    for (const promptId of [...this.#held.keys()]) this.#release(promptId);
    const taken = this.#waiting;
    this.#waiting = [];
    if (withOpen) for (const open of this.open.values()) taken.push(this.#openView(open));
    return withOpen ? taken : this.#withAncestors(taken);
  }

  /**
   * The ended spans that are not held, the open ones above them, and the open ones that `isFlow`
   * names: what can be handed over while the tree is open. A call whose answer is still being read
   * waits, with what is below it, for the request is a part of it.
   */
  takeReady(isFlow: (view: SpanView) => boolean): readonly SpanView[] {
    const unanswered = this.#unanswered();
    const taken = this.#waiting.filter((view) => !unanswered.has(view.spanId));
    this.#waiting = this.#waiting.filter((view) => unanswered.has(view.spanId));
    for (const spanId of this.#fresh) {
      const open = this.open.get(spanId);
      if (open === undefined || open.promptId !== undefined) continue;
      if (this.memory.places.has(spanId)) continue;
      const view = this.#openView(open);
      if (isFlow(view)) taken.push(view);
    }
    this.#fresh = [];
    return this.#withAncestors(taken);
  }

  /**
   * Forgets the places of all but the latest of the spans that have ended, and gives their ids.
   * What an open or a waiting span is right below is kept.
   */
  forgetPlaces(maxPlaces: number): readonly string[] {
    const { places } = this.memory;
    if (places.size <= maxPlaces) return [];
    const needed = new Set<string | undefined>();
    for (const { parentId } of this.open.values()) needed.add(parentId);
    for (const { parentSpanId } of this.#waiting) needed.add(parentSpanId);
    for (const held of this.#held.values()) {
      for (const { parentSpanId } of held) needed.add(parentSpanId);
    }
    const forgotten: string[] = [];
    for (const spanId of places.keys()) {
      // Half of them at a time, so that this costs little for each span.
      if (places.size <= maxPlaces / 2) break;
      if (needed.has(spanId) || this.open.has(spanId)) continue;
      places.delete(spanId);
      forgotten.push(spanId);
    }
    return forgotten;
  }

  /** Ids of the logs that have an open span at or below them. */
  busyLogs(): ReadonlySet<string> {
    const busy = new Set<string>();
    const climbed = new Set<string | Place>();
    for (const spanId of this.open.keys()) {
      // Up through open spans to one with a place, then from place to place.
      let id: string | undefined = spanId;
      while (id !== undefined && !climbed.has(id) && !this.memory.places.has(id)) {
        climbed.add(id);
        id = this.open.get(id)?.parentId;
      }
      let place = id === undefined ? undefined : this.memory.places.get(id);
      for (; place !== undefined && !climbed.has(place); place = place.above) {
        climbed.add(place);
        if (place.logId !== undefined) busy.add(place.logId);
      }
    }
    return busy;
  }

  /** Waiting spans that are, or are below, one with an open request of the fetch hook. */
  #unanswered(): ReadonlySet<string> {
    const unanswered = new Set<string>();
    for (const { span, parentId } of this.open.values()) {
      const isRequest = span.attributes[ATTR_CALL] !== undefined;
      if (isRequest && parentId !== undefined) unanswered.add(parentId);
    }
    if (unanswered.size === 0) return unanswered;
    const parents = new Map(this.#waiting.map((view) => [view.spanId, view.parentSpanId]));
    for (const { spanId } of this.#waiting) {
      const path: string[] = [];
      let id: string | undefined = spanId;
      while (id !== undefined && parents.has(id) && !unanswered.has(id)) {
        path.push(id);
        // Each span is climbed from once, and a ring ends.
        const parent: string | undefined = parents.get(id);
        parents.delete(id);
        id = parent;
      }
      if (id !== undefined && unanswered.has(id)) for (const one of path) unanswered.add(one);
    }
    return unanswered;
  }

  /** Adds the open spans above, so that every parent is given or stands in the memory. */
  #withAncestors(views: SpanView[]): readonly SpanView[] {
    if (this.open.size === 0) return views;
    const given = new Set(views.map((view) => view.spanId));
    // The list grows while it is walked: an ancestor's own parent is looked at in its turn.
    for (const view of views) {
      const parentId = view.parentSpanId;
      if (parentId === undefined || given.has(parentId)) continue;
      const open = this.open.get(parentId);
      if (open === undefined || this.memory.places.has(parentId)) continue;
      given.add(parentId);
      views.push(this.#openView(open));
    }
    return views;
  }

  #openView({ span }: OpenSpan): SpanView {
    const view = spanToView(span);
    return { ...view, endTime: undefined, unsaved: !this.savesPayload(view.spanId) };
  }

  #release(promptId: string): void {
    const held = this.#held.get(promptId);
    if (held === undefined) return;
    this.#held.delete(promptId);
    this.#heldSpans -= held.length;
    for (const view of held) this.#waiting.push(view);
  }
}

/** By `withLogContext`, or by what a carrier brought. */
function isUnsavedAtStart(span: ReadableSpanLike): boolean {
  const { contextFields, remoteParents } = sharedState();
  return contextFields.get(span)?.save === "false" || remoteParents.get(span)?.unsaved === true;
}

function isOwnPrompt(span: ReadableSpanLike): boolean {
  return (
    span.attributes[ATTR_TYPE] === "prompt" || sharedState().recorded.get(span)?.type === "prompt"
  );
}
