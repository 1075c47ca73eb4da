import { type ContentMode, type RecordingPolicy, sharedState } from "../base/shared-state.ts";

/** What holds when no processor or exporter of ours is in use. */
export const DEFAULT_POLICY: RecordingPolicy = {
  content: "span",
  maxFieldBytes: 1_048_576,
  mask: undefined,
  semconvContent: false,
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

const STRICTNESS: Readonly<Record<ContentMode, number>> = { span: 0, log: 1, none: 2 };

function merge(one: RecordingPolicy, other: RecordingPolicy): RecordingPolicy {
  const first = one.mask;
  const second = other.mask;
  return {
    content: STRICTNESS[one.content] >= STRICTNESS[other.content] ? one.content : other.content,
    maxFieldBytes: Math.min(one.maxFieldBytes, other.maxFieldBytes),
    mask: first && second ? (text, path) => second(first(text, path), path) : (first ?? second),
    semconvContent: one.semconvContent || other.semconvContent,
    viewerUrl: one.viewerUrl ?? other.viewerUrl,
  };
}
