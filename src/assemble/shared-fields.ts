import type { JsonText } from "../base/json-text.ts";
import type { AssembleOptions } from "./options.ts";
import type { SharedFields, TreeMemory } from "./place.ts";
import { remoteParentOf } from "./place-above.ts";
import type { SpanNode } from "./span-node.ts";

const NOTHING: SharedFields = {};

/**
 * Reads what each span says of the session and the user. To be done before spans are folded: some
 * instrumentations write it to a wrapper alone.
 */
export function readShared(nodes: readonly SpanNode[]): void {
  for (const node of nodes) {
    node.shared = firstShared(node.reading?.fields, node.span.contextFields);
  }
}

/**
 * Shares the session and the user among the logs of a trace: a log that says none has what the
 * nearest span above it says, else what the spans of its trace say, where they agree.
 *
 * @param nodes parents before children, with made Flows in the memory.
 */
export function shareFields(
  nodes: readonly SpanNode[],
  memory: TreeMemory,
  options: AssembleOptions,
): void {
  const roots = new Map<SpanNode, string | undefined>();
  for (const node of nodes) {
    const root = rootOf(node, roots, memory, options);
    roots.set(node, root);
    if (root !== undefined) noteSaid(root, node.shared, memory);
  }
  for (const node of nodes) {
    const { parent, span } = node;
    const above = parent?.shared ?? memory.places.get(span.parentSpanId ?? "")?.shared;
    node.shared = firstShared(node.shared, above, agreed(roots.get(node), memory));
  }
}

/** What all spans of a trace of the Log API agree on, as far as they say anything. */
export function agreed(root: string | undefined, memory: TreeMemory): SharedFields | undefined {
  const said = root === undefined ? undefined : memory.said.get(root);
  return said && { session_id: onlyOf(said.session_id), user: onlyOf(said.user) };
}

function onlyOf(texts: ReadonlySet<JsonText>): JsonText | undefined {
  const [only, another] = texts;
  return another === undefined ? only : undefined;
}

/** The id of the root log that the span's trace of the Log API has; `undefined` outside any. */
function rootOf(
  node: SpanNode,
  roots: ReadonlyMap<SpanNode, string | undefined>,
  memory: TreeMemory,
  options: AssembleOptions,
): string | undefined {
  const { parent, span, reading } = node;
  const place = memory.places.get(span.parentSpanId ?? "");
  const isUnderFlow = (parent ?? place)?.loose === false;
  if (isUnderFlow) return parent === undefined ? place?.rootId : roots.get(parent);
  if (node.loose) return memory.made.get(node.group)?.id;
  return reading?.type === "flow"
    ? (remoteParentOf(span, options)?.rootId ?? `log_${span.traceId}${span.spanId}`)
    : remoteParentOf(span, options)?.rootId;
}

function noteSaid(root: string, shared: SharedFields, memory: TreeMemory): void {
  if (shared === NOTHING) return;
  const said = memory.said.get(root) ?? { session_id: new Set(), user: new Set() };
  memory.said.set(root, said);
  if (shared.session_id !== undefined) said.session_id.add(shared.session_id);
  if (shared.user !== undefined) said.user.add(shared.user);
}

/** Each field of the first that says it. */
export function firstShared(...sources: readonly (SharedFields | undefined)[]): SharedFields {
  let sessionId: JsonText | undefined;
  let user: JsonText | undefined;
  for (const source of sources) {
    sessionId ??= source?.session_id;
    user ??= source?.user;
  }
  if (sessionId === undefined && user === undefined) return NOTHING;
  return { session_id: sessionId, user };
}
