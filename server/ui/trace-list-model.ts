import type { TraceSummary, TracesPage } from "./wire.ts";

/** The traces loaded so far, newest first, and where to go on. */
export interface LoadedTraces {
  readonly traces: readonly TraceSummary[];
  /** The cursor of the page after the last loaded one; undefined when all are loaded. */
  readonly next: string | undefined;
}

/** Gives the first page as the start of a list. */
export function firstTraces(page: TracesPage): LoadedTraces {
  return { traces: page.traces, next: page.next ?? undefined };
}

/**
 * Gives the list with its newest page read again.
 *
 * Pages loaded further down stay, so that the reader keeps the place. Where the new page has
 * nothing in common with the list, so much came in between that the list starts over.
 */
export function refreshTraces(loaded: LoadedTraces, page: TracesPage): LoadedTraces {
  const inPage = new Set(page.traces.map((trace) => trace.id));
  const lastCommon = loaded.traces.findLastIndex((trace) => inPage.has(trace.id));
  const older = loaded.traces.slice(lastCommon + 1);
  if (lastCommon === -1 || older.length === 0) return firstTraces(page);
  return { traces: [...page.traces, ...older], next: loaded.next };
}

/** Gives the list with the page after it; a trace that moved between the pages is taken once. */
export function appendTraces(loaded: LoadedTraces, page: TracesPage): LoadedTraces {
  const known = new Set(loaded.traces.map((trace) => trace.id));
  const added = page.traces.filter((trace) => !known.has(trace.id));
  return { traces: [...loaded.traces, ...added], next: page.next ?? undefined };
}
