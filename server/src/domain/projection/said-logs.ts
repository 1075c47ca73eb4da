import type { JsonText } from "../../../../src/base/json-text.ts";
import type { SpanReading } from "../../../../src/base/span-reading.ts";
import type { HrTime, SpanView } from "../../../../src/base/span-view.ts";
import type { LogOutline } from "../../store/records.ts";
import type { WriteSession } from "../write-session.ts";
import { readLogId } from "./span-ids.ts";

/** A trace's spans together with what stands for logs whose span never came. */
export interface JoinedSpans {
  readonly spans: readonly SpanView[];
  /** Logs that came by the API and have no span here: they keep their fields. */
  readonly withoutSpan: ReadonlySet<string>;
}

/**
 * Joins the logs that came by the API for an OpenTelemetry trace to its spans: each that has no span
 * gets one that says where it stands. A span whose parent never came hangs under the one topmost
 * Flow of the API, where there is one.
 */
export async function joinSaidLogs(
  session: WriteSession,
  spans: readonly SpanView[],
  logs: readonly LogOutline[],
): Promise<JoinedSpans> {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const said = logs.filter(({ origin }) => origin !== "spans");
  if (said.length === 0) return { spans, withoutSpan: new Set() };

  const added: SpanView[] = [];
  const withoutSpan = new Set<string>();
  const savedIds = new Set(logs.map(({ id }) => id));
  for (const log of said) {
    const ids = readLogId(log.id);
    if (ids?.spanId === undefined) continue;
    if (ids.isMade) {
      // What it is made over: the first span of a process that the trace came to from elsewhere.
      if (!byId.has(ids.spanId)) added.push(standIn(ids.otelTraceId, ids.spanId, { remote: true }));
    } else if (!byId.has(ids.spanId)) {
      withoutSpan.add(log.id);
      added.push({
        ...standIn(ids.otelTraceId, ids.spanId, {}),
        ...aboveOf(log, ids.otelTraceId, (id, spanId) => savedIds.has(id) || byId.has(spanId)),
        startTime: toTime(log.startMicros),
        endTime: log.endMicros === undefined ? undefined : toTime(log.endMicros),
        reading: await readingOf(session, log),
      });
    }
  }
  const all = [...spans, ...added];
  const known = new Set(all.map(({ spanId }) => spanId));
  const top = topFlowOf(said, all, known);
  const joined = all.map((span) =>
    top !== undefined && isOrphan(span, known) && span.spanId !== top
      ? { ...span, parentSpanId: top }
      : span,
  );
  return { spans: joined, withoutSpan };
}

function isOrphan({ parentSpanId, remoteParent }: SpanView, known: ReadonlySet<string>): boolean {
  return parentSpanId !== undefined && !known.has(parentSpanId) && remoteParent === undefined;
}

/** The span id of the only Flow that the API put on top; `undefined` where there are several. */
function topFlowOf(
  said: readonly LogOutline[],
  spans: readonly SpanView[],
  known: ReadonlySet<string>,
): string | undefined {
  const flows = new Set(
    said.flatMap(({ id, type }) => {
      const ids = readLogId(id);
      return type === "flow" && ids?.isMade === false ? [ids.spanId] : [];
    }),
  );
  const tops = spans.filter(
    (span) =>
      flows.has(span.spanId) &&
      span.remoteParent === undefined &&
      (span.parentSpanId === undefined || !known.has(span.parentSpanId)),
  );
  return tops.length === 1 ? tops[0]?.spanId : undefined;
}

/** Under its parent's span, where that is known; else under the log that it names, whatever it is. */
function aboveOf(
  { parentId, traceId, save }: LogOutline,
  otelTraceId: string,
  isKnown: (logId: string, spanId: string) => boolean,
): Pick<SpanView, "parentSpanId" | "remoteParent"> {
  if (parentId === undefined) return { parentSpanId: undefined };
  const parent = readLogId(parentId);
  if (parent?.otelTraceId === otelTraceId && isKnown(parentId, parent.spanId ?? "")) {
    return { parentSpanId: parent.spanId };
  }
  const remoteParent = { id: parentId, rootId: traceId, sampled: true, unsaved: !save };
  return { parentSpanId: undefined, remoteParent };
}

/** What is below must know its type and path, whether it has usage, and whether payloads are kept. */
async function readingOf(session: WriteSession, log: LogOutline): Promise<SpanReading> {
  const file = await session.findFile(log.fileId);
  const fields = {
    path: file?.path,
    save: log.save ? undefined : false,
    prompt_tokens: log.promptTokens,
    output_tokens: log.outputTokens,
  };
  const texts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, JSON.stringify(value) as JsonText] as const],
  );
  return { ...UNLOGGED, type: log.type, fields: Object.fromEntries(texts) };
}

/** Not one of our own wrappers' for what is below: nothing is folded into a log that is said. */
const UNLOGGED: SpanReading = {
  type: undefined,
  own: false,
  inference: false,
  fields: {},
  query: {},
  meta: {},
  name: undefined,
  operation: undefined,
};

function standIn(traceId: string, spanId: string, { remote }: { remote?: true }): SpanView {
  return {
    traceId,
    spanId,
    parentSpanId: undefined,
    parentIsRemote: remote,
    name: "",
    startTime: [0, 0],
    endTime: undefined,
    status: { code: 0 },
    attributes: {},
    events: [],
    scopeName: "",
    resource: {},
    recorded: undefined,
    contextFields: undefined,
    reading: UNLOGGED,
  };
}

const MICROS_PER_SECOND = 1_000_000;

function toTime(micros: number = 0): HrTime {
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  return [seconds, Math.round(micros - seconds * MICROS_PER_SECOND) * 1_000];
}
