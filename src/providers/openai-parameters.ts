import { asString, type Data } from "./own-data.ts";
import { providerOfHost } from "./provider-hosts.ts";

/** The provider by the path that only Azure has, else by the host. */
export function openaiProvider(url: URL): string | undefined {
  return /\/openai\/deployments\//.test(url.pathname) ? "azure.ai.openai" : providerOfHost(url);
}

/** The model that was asked for. Azure's deployments stand for one. */
export function openaiModel({ pathname }: URL, body: Data): string | undefined {
  return asString(body.model) ?? /\/deployments\/([^/]+)\//.exec(pathname)?.[1];
}

/**
 * Parameters that differ from call to call, or say how the answer is handed over. In a kernel each
 * of a Prompt's calls would be a version of its own.
 */
export const PER_CALL: readonly string[] = [
  ...["user", "safety_identifier", "metadata", "prompt_cache_key", "session_id"],
  ...["store", "background", "stream_options", "previous_response_id", "conversation"],
];
