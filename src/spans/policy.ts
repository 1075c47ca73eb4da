import { type ContentMode, type RecordingPolicy, sharedState } from "../base/shared-state.ts";

/** What holds when no processor or exporter of ours is in use. */
export const DEFAULT_POLICY: RecordingPolicy = {
  content: "span",
  maxFieldBytes: 1_048_576,
  mask: undefined,
  contentAttributes: undefined,
  viewerUrl: undefined,
};

/**
 * What every processor and exporter in use asks for together: the strictest content mode, the
 * smallest cap, every mask. They share the span, so what one must not see none may see.
 */
export function currentPolicy(): RecordingPolicy {
  const { policies } = sharedState();
  let merged: RecordingPolicy | undefined;
  for (const policy of policies) merged = merged === undefined ? policy : merge(merged, policy);
  return merged ?? DEFAULT_POLICY;
}

const BY_STRICTNESS: readonly ContentMode[] = ["none", "log", "span"];

function merge(one: RecordingPolicy, other: RecordingPolicy): RecordingPolicy {
  const [first, second] = [one.mask, other.mask];
  return {
    content: BY_STRICTNESS.find((mode) => mode === one.content || mode === other.content) ?? "none",
    maxFieldBytes: Math.min(one.maxFieldBytes, other.maxFieldBytes),
    mask: first && second ? (text, path) => second(first(text, path), path) : (first ?? second),
    contentAttributes: one.contentAttributes ?? other.contentAttributes,
    viewerUrl: one.viewerUrl ?? other.viewerUrl,
  };
}
