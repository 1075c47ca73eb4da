/** What an HTTP status means for sending a request again. */
export function classifyStatus(statusCode: number): "success" | "failure" | "retryable" {
  if (statusCode >= 200 && statusCode < 300) return "success";
  return statusCode === 408 || statusCode === 429 || statusCode >= 500 ? "retryable" : "failure";
}

/**
 * Milliseconds to wait by a `Retry-After` header: seconds or an HTTP date. `undefined` where the
 * header is missing or makes no sense.
 */
export function readRetryAfter(
  header: string | readonly string[] | undefined,
  nowMillis: number,
): number | undefined {
  const text = (typeof header === "string" ? header : header?.[0])?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMillis);
}
