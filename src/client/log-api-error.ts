import type { TransportRequest, TransportResult } from "./transport.ts";

/** Tells an error of this class apart, across copies of this library. */
const MARK = Symbol.for("flowspan.log-api-error");
const MAX_DETAIL_CHARS = 500;
const NO_ANSWER = "ERR_LOG_API_NO_ANSWER";
const REFUSED = "ERR_LOG_API_REFUSED";
const UNAVAILABLE = "ERR_LOG_API_UNAVAILABLE";

const STATUS_TEXT: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  409: "Conflict",
  413: "Content Too Large",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/**
 * A call to the Log API that did not go through. The message names the request and the answer,
 * never a key or a payload.
 */
export class LogApiError extends Error {
  override readonly name: string = "LogApiError";
  /**
   * - `ERR_LOG_API_REFUSED`: the server answered with a status that no retry changes.
   * - `ERR_LOG_API_UNAVAILABLE`: 408, 429 or 5xx until the deadline.
   * - `ERR_LOG_API_NO_ANSWER`: no connection, no answer in time, or one that can't be read.
   */
  readonly code: "ERR_LOG_API_NO_ANSWER" | "ERR_LOG_API_REFUSED" | "ERR_LOG_API_UNAVAILABLE";
  /** The answer's HTTP status, where there was one. */
  readonly status: number | undefined;
  /** The answer's `detail` as text, at most 500 characters. */
  readonly detail: string | undefined;

  constructor(
    request: Pick<TransportRequest, "method" | "path">,
    result: Pick<
      Exclude<TransportResult, { status: "success" }>,
      "statusCode" | "body" | "error" | "status"
    >,
  ) {
    const detail = detailText(result.body);
    const answer =
      result.error || result.statusCode === undefined
        ? (result.error?.message ?? "no answer")
        : `${result.statusCode} ${STATUS_TEXT[result.statusCode] ?? ""}`.trim();
    const where = `${request.method} "/${request.path}"`;
    super(
      detail === undefined ? `${where}: ${answer}` : `${where}: ${answer} (${detail})`,
      result.error && { cause: result.error },
    );
    Object.defineProperty(this, MARK, { value: true });
    this.status = result.statusCode;
    this.detail = detail;
    this.code = result.error ? NO_ANSWER : result.status === "retryable" ? UNAVAILABLE : REFUSED;
  }

  /** True for an error of this class, also from another copy of this library. */
  static isInstance(value: unknown): value is LogApiError {
    return typeof value === "object" && value !== null && MARK in value;
  }
}

/** An error answer's `detail` as one line: its text, or each `loc: msg` of a 422. */
export function detailText(body: unknown): string | undefined {
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : body;
  const text = Array.isArray(detail) ? detail.map(validationText).join("; ") : scalarText(detail);
  return text?.slice(0, MAX_DETAIL_CHARS);
}

function validationText(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return String(entry);
  const { loc, msg } = entry as { loc?: unknown; msg?: unknown };
  return `${Array.isArray(loc) ? loc.join(".") : "body"}: ${String(msg)}`;
}

function scalarText(detail: unknown): string | undefined {
  if (typeof detail === "string") return detail === "" ? undefined : detail;
  if (typeof detail === "object" && detail !== null && "message" in detail) {
    return String(detail.message);
  }
  return undefined;
}
