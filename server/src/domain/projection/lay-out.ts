import type { LogDraft } from "../../../../src/base/log-types.ts";
import type { LogOutline } from "../../store/records.ts";
import { parseTime } from "../time.ts";
import { earlier, later } from "../write-session.ts";

/** Where a log is to stand, and when it was. */
export type Layout = Pick<LogOutline, "traceId" | "parentId" | "startMicros" | "endMicros">;

/** What laying out needs to know. */
export interface LayOutOptions {
  /** Parents before their children. */
  readonly drafts: readonly LogDraft[];
  /** The logs that are stored, by id. */
  readonly stored: ReadonlyMap<string, LogOutline>;
  /** Ids of drafts that only say where a log of the API stands. */
  readonly withoutSpan: ReadonlySet<string>;
  /** Logs that no draft is for and that stay, parents not before children. */
  readonly others: ReadonlyMap<string, LogOutline>;
}

/**
 * Gives each draft and each other log below one its place and its times. Flows cover everything
 * below them, as they do where logs come by the API.
 */
export function layOut(options: LayOutOptions): ReadonlyMap<string, Layout> {
  const { drafts, stored, others } = options;
  const layouts = new Map<string, Layout>();
  const spans = new Map<string, Times>();
  for (const draft of drafts) {
    const { id, parentId, rootId = id } = draft;
    const above =
      parentId === undefined
        ? undefined
        : (layouts.get(parentId) ?? stored.get(parentId) ?? stored.get(rootId));
    const times = ownTimes(draft, options);
    layouts.set(id, { traceId: above?.traceId ?? rootId, parentId, ...times });
    spans.set(id, times);
  }
  for (const other of others.values()) {
    const top = topOf(other, others);
    const above = layouts.get(top.parentId ?? "");
    if (top.parentId === undefined || above === undefined) continue;
    spans.set(top.parentId, union(spans.get(top.parentId), other));
    const { parentId, startMicros, endMicros } = other;
    layouts.set(other.id, { traceId: above.traceId, parentId, startMicros, endMicros });
  }
  for (const { id, type, parentId } of drafts.toReversed()) {
    const span = spans.get(id);
    const layout = layouts.get(id);
    if (span === undefined || layout === undefined) continue;
    if (type === "flow") layouts.set(id, { ...layout, ...span });
    if (parentId !== undefined) spans.set(parentId, union(spans.get(parentId), span));
  }
  return layouts;
}

/** The topmost of the logs without a draft that one is under: itself, mostly. */
function topOf(log: LogOutline, others: ReadonlyMap<string, LogOutline>): LogOutline {
  const passed = new Set<LogOutline>();
  let top = log;
  for (let above = others.get(top.parentId ?? ""); above !== undefined && !passed.has(above); ) {
    passed.add(above);
    top = above;
    above = others.get(top.parentId ?? "");
  }
  return top;
}

interface Times {
  readonly startMicros: number | undefined;
  readonly endMicros: number | undefined;
}

/** What the API said of a log's times counts for more than its span, but a Flow's only widen. */
function ownTimes(draft: LogDraft, { stored, withoutSpan }: LayOutOptions): Times {
  const said = stored.get(draft.id);
  const isSaid = said !== undefined && said.origin !== "spans";
  if (isSaid && withoutSpan.has(draft.id)) return pickTimes(said);
  const told: Times = {
    startMicros: readTime(draft.fields.start_time),
    endMicros: readTime(draft.fields.end_time),
  };
  if (!isSaid) return told;
  if (draft.type === "flow") return union(told, said);
  return {
    startMicros: said.startMicros ?? told.startMicros,
    endMicros: said.endMicros ?? told.endMicros,
  };
}

function pickTimes({ startMicros, endMicros }: LogOutline): Times {
  return { startMicros, endMicros };
}

function readTime(text: string | undefined): number | undefined {
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  return typeof value === "string" ? parseTime(value) : undefined;
}

function union(a: Partial<Times> | undefined, b: Partial<Times>): Times {
  return {
    startMicros: earlier(a?.startMicros, b.startMicros),
    endMicros: later(a?.endMicros, b.endMicros),
  };
}
