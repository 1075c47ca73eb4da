import type { JsonText } from "../base/json-text.ts";
import type { LogDraft, LogType } from "../base/log-types.ts";
import type { SpanReading } from "../base/span-reading.ts";
import type { SpanView } from "../base/span-view.ts";
import { readSpan } from "../dialects/index.ts";
import { draftFields } from "./draft-fields.ts";
import { foldProviderCalls } from "./fold.ts";
import { hideContent } from "./hide-content.ts";
import { findLoneLogs, markLoose } from "./loose-logs.ts";
import { madeFlowDrafts, makeFlows } from "./made-flows.ts";
import { mergeCalls } from "./merge-calls.ts";
import { type AssembleOptions, DEFAULT_LIMITS } from "./options.ts";
import { numberedPath, pathOf } from "./paths.ts";
import type { Place, TreeMemory } from "./place.ts";
import { placeAbove } from "./place-above.ts";
import { readShared, shareFields } from "./shared-fields.ts";
import { linkSpans, type SpanNode } from "./span-node.ts";
import { countsUsage, hasUsageWithin, markUsage, toldCall } from "./usage.ts";

/** How far a tree is when its spans are handed over. */
export interface TreeProgress {
  /** More spans are to come: a made Flow has not ended. */
  readonly open: boolean;
  /** False: a log that is alone so far waits for another one to share a made Flow with. */
  readonly withLone: boolean;
}

/** What one call made. */
export interface AssembledTree {
  /** New logs, and logs of open spans that have ended since; parents before children. */
  readonly drafts: readonly LogDraft[];
  /** Ended spans whose log waits: they are to be given again. */
  readonly waiting: readonly SpanView[];
}

const WHOLE: TreeProgress = { open: false, withLone: true };

/**
 * The logs of one trace's spans. What the memory knows stands above the given spans, and what
 * this call learns is added to it; a log keeps its place however often its span is given.
 */
export function assembleTree(
  memory: TreeMemory,
  spans: Iterable<SpanView>,
  options: AssembleOptions = {},
  progress: TreeProgress = WHOLE,
): AssembledTree {
  const limits = options.limits ?? DEFAULT_LIMITS;
  const nodes = linkSpans(spans, (span) => readSpan(span, limits));
  hideContent(nodes, memory, options);
  readShared(nodes);
  mergeCalls(nodes, memory);
  foldProviderCalls(nodes, memory);
  markUsage(nodes, memory);
  markLoose(nodes, memory, options);
  const newFlows = makeFlows(nodes, memory, options);
  shareFields(nodes, memory, options);
  const lone = progress.withLone ? NONE : findLoneLogs(nodes, memory);

  const drafts: LogDraft[] = [];
  for (const node of nodes) {
    const { reading } = node;
    const waits = lone.has(node);
    const type = waits ? undefined : reading?.type;
    const above = placeAbove(node, memory, options);
    if (reading === undefined || type === undefined) {
      node.place = knownPlace(node, memory) ?? passThrough(node, above);
    } else {
      node.place = loggedPlace(node, reading, type, above, memory, options);
      drafts.push(makeDraft(node, reading, type, node.place, options));
    }
    memory.places.set(node.span.spanId, node.place);
  }
  const flows = madeFlowDrafts(nodes, memory, newFlows, options, progress.open);
  const waiting = [...lone].map(({ span }) => span).filter((span) => span.endTime !== undefined);
  return { drafts: [...flows, ...drafts], waiting };
}

const NONE: ReadonlySet<SpanNode> = new Set();

function knownPlace(node: SpanNode, memory: TreeMemory): Place | undefined {
  return memory.places.get(node.span.spanId);
}

/** The place of a span without a log: its children see what is above it. */
function passThrough(node: SpanNode, above: Place | undefined): Place {
  return {
    above,
    logId: undefined,
    nearestLogId: above?.nearestLogId,
    rootId: above?.rootId,
    loose: node.loose,
    group: node.group,
    flowPath: above?.flowPath,
    path: undefined,
    save: !node.unsaved,
    usageBelow: node.usageBelow,
    usageWithin: hasUsageWithin(node),
    toldCall: above?.toldCall === true,
    shared: node.shared,
  };
}

function loggedPlace(
  node: SpanNode,
  reading: SpanReading,
  type: LogType,
  above: Place | undefined,
  memory: TreeMemory,
  options: AssembleOptions,
): Place {
  const known = knownPlace(node, memory);
  if (known?.logId !== undefined) return known;
  const made = node.loose ? memory.made.get(node.group) : undefined;
  const logId = `log_${node.span.traceId}${node.span.spanId}`;
  const isTopmostFlow = type === "flow" && (above?.loose ?? true);
  // A local root's own path does not come from the Flow that is made over it.
  const flowPath = above === undefined ? undefined : (above.flowPath ?? made?.path);
  const path = callPath(node) ?? pathOf(type, reading, node.span, flowPath, options);
  return {
    above,
    logId,
    nearestLogId: logId,
    rootId: isTopmostFlow ? logId : node.loose ? made?.id : above?.rootId,
    loose: node.loose,
    group: node.group,
    flowPath: type === "flow" ? (path ?? flowPath) : above?.flowPath,
    path,
    save: !node.unsaved,
    usageBelow: node.usageBelow,
    usageWithin: hasUsageWithin(node),
    toldCall: toldCall(node),
    shared: node.shared,
  };
}

/** One of several provider calls in a prompt stands under the prompt's path. */
function callPath({ call }: SpanNode): JsonText | undefined {
  const path = call?.prompt.place?.path;
  return call === undefined || path === undefined ? undefined : numberedPath(path, call.number);
}

function makeDraft(
  node: SpanNode,
  reading: SpanReading,
  type: LogType,
  place: Place,
  options: AssembleOptions,
): LogDraft {
  const { span } = node;
  const counts = countsUsage(node, node.usageBelow || place.usageBelow);
  return {
    type,
    id: `log_${span.traceId}${span.spanId}`,
    rootId: place.rootId,
    parentId: parentIdOf(place),
    fields: draftFields(type, reading, node, place, counts, options),
    query: reading.query,
    ended: span.endTime !== undefined,
    save: place.save,
  };
}

/** The nearest log above that is in the same trace of the Log API. */
function parentIdOf(place: Place): string | undefined {
  const { above, rootId } = place;
  if (rootId === undefined || rootId === place.logId) return undefined;
  return above !== undefined && above.rootId === rootId ? (above.nearestLogId ?? rootId) : rootId;
}
