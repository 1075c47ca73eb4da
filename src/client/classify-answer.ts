/** What an HTTP status means for sending a request again. */
export function classifyStatus(statusCode: number): "success" | "failure" | "retryable" {
  if (statusCode >= 200 && statusCode < 300) return "success";
  return statusCode === 408 || statusCode === 429 || statusCode >= 500 ? "retryable" : "failure";
}

/** The three forms of an HTTP date: a name of a day, and a time with seconds. */
const HTTP_DATE = /^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/;

/**
 * Milliseconds to wait by a `Retry-After` header: seconds or an HTTP date. `undefined` where the
 * header is missing or makes no sense.
 *
 * A date is the server's own, so it is read against the answer's `Date` where there is one, and a
 * clock that is wrong here or jumps does not matter.
 */
export function readRetryAfter(
  header: string | readonly string[] | undefined,
  nowMillis: number,
  serverDate?: string | readonly string[],
): number | undefined {
  const text = first(header)?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const date = parseDate(text);
  return date === undefined
    ? undefined
    : Math.max(0, date - (parseDate(first(serverDate)) ?? nowMillis));
}

function parseDate(text: string | undefined): number | undefined {
  // Date.parse finds a date in almost any text with a number in it.
  if (text === undefined || !HTTP_DATE.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : date;
}

function first(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}
