/** One field that is wrong, in the shape FastAPI gives it. */
export interface FieldError {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** A request that is answered with an error: `detail` is the body's, as clients read it. */
export class ApiError extends Error {
  override readonly name: string = "ApiError";
  readonly status: number;
  readonly detail: string | readonly FieldError[];
  /** When to ask again, where that helps; sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, detail: string | readonly FieldError[], retryAfterSeconds?: number) {
    super(typeof detail === "string" ? detail : detail.map(({ msg }) => msg).join("; "));
    this.status = status;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Something named in the request doesn't exist. */
export function notFound(detail: string): ApiError {
  return new ApiError(404, detail);
}

/** The request would leave a log, a trace or a file in a state it must not be in. */
export function conflict(detail: string): ApiError {
  return new ApiError(409, detail);
}

/** A field is wrong: `loc` is where, `msg` what was expected. */
export function invalidField(
  loc: readonly (string | number)[],
  msg: string,
  type: string = "value_error",
): ApiError {
  return new ApiError(422, [{ loc, msg, type }]);
}
