import { dataProperty } from "../base/data-property.ts";
import { type FetchCall, headersOf } from "./fetch-call.ts";
import type { FetchSettings } from "./options.ts";

/**
 * The body with `stream_options: { include_usage: true }` in it, all else byte by byte as it was.
 * `undefined` where that is not known to be safe, or where the program has said what it wants.
 *
 * @param value the body, parsed.
 */
export function withUsageAsked(
  call: FetchCall,
  text: string | undefined,
  value: unknown,
  { includeUsage, usageHosts }: FetchSettings,
): string | undefined {
  const { host, hostname, pathname } = call.url;
  const isSafe = usageHosts.has(host) || usageHosts.has(hostname);
  if (!includeUsage || !isSafe || text === undefined) return undefined;
  if (!/\/chat\/completions\/?$/.test(pathname)) return undefined;
  if (dataProperty(value, "stream") !== true) return undefined;
  if (dataProperty(value, "stream_options") !== undefined) return undefined;
  // Made for the body as it is.
  const headers = headersOf(call);
  if (SIGNED.some((name) => headers.has(name))) return undefined;
  const end = text.lastIndexOf("}");
  return `${text.slice(0, end)},"stream_options":{"include_usage":true}${text.slice(end)}`;
}

const SIGNED = ["content-length", "content-encoding", "content-md5", "digest", "content-digest"];
