import { REMOTE_PARENT, type RemoteParent, readRemoteParent } from "../base/remote-parent.ts";
import type { SpanView } from "../base/span-view.ts";
import type { AssembleOptions } from "./options.ts";
import type { Place, TreeMemory } from "./place.ts";
import type { SpanNode } from "./span-node.ts";

/**
 * Where the span's parent stands. A span that no Flow here is above may name a log of another
 * process; it then stands under that one, in that trace.
 */
export function placeAbove(
  node: SpanNode,
  memory: TreeMemory,
  options: AssembleOptions,
): Place | undefined {
  const { parentSpanId } = node.span;
  const known = parentSpanId === undefined ? undefined : memory.places.get(parentSpanId);
  const above = node.parent?.place ?? known;
  if (above?.loose === false) return above;
  const remote = remoteParentOf(node.span, options);
  if (remote === undefined) return above;
  memory.remoteRoots.add(remote.rootId);
  return {
    above: undefined,
    logId: undefined,
    nearestLogId: remote.id,
    rootId: remote.rootId,
    loose: false,
    group: node.group,
    flowPath: undefined,
    path: undefined,
    save: !node.unsaved,
    usageBelow: false,
    usageWithin: false,
    toldCall: false,
    shared: {},
  };
}

/** By what its own process noted, else by its attribute: spans also come over the wire. */
export function remoteParentOf(
  span: SpanView,
  { acceptRemoteParent }: AssembleOptions,
): RemoteParent | undefined {
  if (acceptRemoteParent === false) return undefined;
  return span.remoteParent ?? readRemoteParent(span.attributes[REMOTE_PARENT], span.traceId);
}
