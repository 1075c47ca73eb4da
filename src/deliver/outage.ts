import type { TransportRequest, TransportResult } from "../client/transport.ts";

/** Statuses that are about the key, not about the log: sending less would not help. */
export function isAboutKey(statusCode: number | undefined): boolean {
  return statusCode === 401 || statusCode === 403;
}

/**
 * Reads an answer that says nothing of the logs that were sent as an outage, so that they wait:
 *
 * - a redirect that is not followed, and a 2xx that no Log API writes: a proxy, a sign-in page;
 * - 401 and 403: a key that was revoked or is not yet known. It may be put right, and nothing that
 *   waits is at fault. A key that may only write is told so by 403 where something is read.
 *
 * A change (PATCH) whose 2xx is only too large to read was taken: its text tells nothing new.
 */
export function readOutage(request: TransportRequest, result: TransportResult): TransportResult {
  const { statusCode, servesBatch = false } = result;
  const isWrite = request.body !== undefined;
  if (result.status === "success") {
    const { body } = result;
    if (body === undefined || isObject(body)) return result;
    const error = new Error(`its answer with ${statusCode} is no object`);
    return { status: "retryable", statusCode: result.statusCode, servesBatch, error };
  }
  if (result.status === "retryable") return result;
  const isHuge = result.isTooLarge === true && !isWrite;
  if (result.isTooLarge && request.method === "PATCH" && statusCode !== undefined) {
    return { status: "success", statusCode, servesBatch, body: undefined };
  }
  // What was asked for and is too large to read will be so the next time.
  const saysNothing = statusCode === undefined || (statusCode < 400 && !isHuge);
  const isKeyRefused = statusCode === 401 || (statusCode === 403 && isWrite);
  return saysNothing || isKeyRefused ? { ...result, status: "retryable" } : result;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
