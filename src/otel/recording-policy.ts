import { semconvMessageAttributes } from "../base/semconv-messages.ts";
import type { RecordingPolicy } from "../base/shared-state.ts";
import type { ApiUrl } from "../client/api-url.ts";
import type { ResolvedOptions } from "./resolve-options.ts";

/** What the options ask of everything that is recorded in this process. */
export function recordingPolicy(options: ResolvedOptions): RecordingPolicy {
  const { content, maxFieldBytes, mask, semconvContent, url, acceptRemoteParent } = options;
  const contentAttributes = semconvContent ? semconvMessageAttributes : undefined;
  return {
    content,
    maxFieldBytes,
    mask,
    contentAttributes,
    viewerUrl: viewerUrl(url),
    acceptRemoteParent,
  };
}

/** The viewer stands beside the API: `http://host/v5` has it at `http://host`. */
function viewerUrl({ origin, basePath }: ApiUrl): string {
  return origin + basePath.replace(/\/v\d+$/, "");
}
