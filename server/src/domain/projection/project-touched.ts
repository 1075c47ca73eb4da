import type { WriteSession } from "../write-session.ts";
import { type ProjectionOptions, projectTrace } from "./project-trace.ts";

/** A trace of fewer spans is projected whenever some come. */
const SMALL_TRACE_SPANS = 500;

/** By which part a larger trace grows before it is projected again. */
const GROWTH = 1 / 4;

/**
 * Makes the stored logs what their spans say, for every trace that the session has touched.
 *
 * All of a trace is projected at once, so a large one that comes in many requests waits until it
 * has grown by a part: work stays in proportion to its spans. Until then it is listed as stale, and
 * whoever reads sees to it first: see {@link projectStale}.
 */
export async function projectTouched(
  session: WriteSession,
  options: ProjectionOptions,
): Promise<void> {
  const { transaction, touchedTraces, newSpans } = session;
  for (const [otelTraceId, spans] of newSpans) {
    const total = await transaction.countSpans(otelTraceId);
    if (total >= SMALL_TRACE_SPANS) {
      const stale = await transaction.addStaleSpans(otelTraceId, spans);
      if (stale < total * GROWTH) continue;
    }
    touchedTraces.add(otelTraceId);
  }
  for (const otelTraceId of touchedTraces) {
    if (!(await transaction.hasSpans(otelTraceId))) continue;
    // Times that logs of the API have widened are read again.
    await session.finish();
    await projectTrace(session, otelTraceId, options);
    await transaction.endStale(otelTraceId);
  }
  newSpans.clear();
  touchedTraces.clear();
}

/** Has every stale trace projected when the session ends. */
export async function projectStale({ transaction, touchedTraces }: WriteSession): Promise<void> {
  for (const otelTraceId of await transaction.listStaleTraces()) touchedTraces.add(otelTraceId);
}
