import type { LogDraft, LogType } from "../base/log-types.ts";

/**
 * One log as it would be sent, with the logs below it. Fields have the Log API's names and their
 * plain values. Left out is what differs from run to run: ids, times and durations.
 */
export interface CapturedLog {
  readonly type: LogType;
  readonly path?: string;
  /** Every other field of the Log API: `inputs`, `output_message`, `prompt_tokens` ... */
  readonly [field: string]: unknown;
  /** Logs below, in the order in which they began. Absent when there are none. */
  readonly children?: readonly CapturedLog[];
}

/**
 * The logs as trees, in the order in which they began.
 *
 * @param started ids of the logs' spans in that order: clocks tell no two calls of one millisecond
 *   apart.
 */
export function toCapturedLogs(
  unordered: readonly LogDraft[],
  started: readonly string[],
): readonly CapturedLog[] {
  const place = new Map(started.map((id, index) => [id, index]));
  // A Flow that was made for several logs begins with the first of them.
  for (const { id, rootId = id } of unordered) {
    const [own, root] = [place.get(id) ?? Number.POSITIVE_INFINITY, place.get(rootId)];
    if (root === undefined || own < root) place.set(rootId, own);
  }
  const drafts = unordered.toSorted((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
  const ids = new Set(drafts.map(({ id }) => id));
  const below = new Map<string | undefined, LogDraft[]>();
  for (const draft of drafts) {
    const parentId = ids.has(draft.parentId ?? "") ? draft.parentId : undefined;
    const siblings = below.get(parentId);
    if (siblings === undefined) below.set(parentId, [draft]);
    else siblings.push(draft);
  }
  const grow = (parentId: string | undefined): readonly CapturedLog[] =>
    (below.get(parentId) ?? []).map((draft) => toCapturedLog(draft, grow(draft.id)));
  return grow(undefined);
}

/** Fields that follow from the clock, or from nothing that a test has set. */
const VOLATILE: ReadonlySet<string> = new Set([
  "start_time",
  "end_time",
  "provider_latency",
  "source",
]);

function toCapturedLog(draft: LogDraft, children: readonly CapturedLog[]): CapturedLog {
  const fields: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(draft.fields)) {
    if (!VOLATILE.has(name)) fields[name] = JSON.parse(text) as unknown;
  }
  const { path, metadata, ...others } = fields;
  const kept = withoutVolatile(metadata);
  return {
    type: draft.type,
    ...(path !== undefined && { path: String(path) }),
    ...others,
    ...(Object.keys(kept).length > 0 && { metadata: kept }),
    ...(children.length > 0 && { children }),
  };
}

/** The user's metadata, and of ours what does not change from run to run. */
function withoutVolatile(metadata: unknown): object {
  const { flowspan, ...own } = metadata as { flowspan?: Record<string, unknown> };
  const { otel: _, time_to_first_token_seconds: __, ...ours } = flowspan ?? {};
  return Object.keys(ours).length > 0 ? { ...own, flowspan: ours } : own;
}
