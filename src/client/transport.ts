/** One HTTP request to a Log API, as the transports see it. */
export interface TransportRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path below the API's base, without a leading slash: `flows/log`. */
  readonly path: string;
  /** Query parameters; a list is sent as a repeated parameter, `undefined` is left out. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  /** JSON, already written. */
  readonly body?: string | Uint8Array;
  /** How `body` is compressed. */
  readonly contentEncoding?: "gzip";
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** What every answer of a server tells, whatever its status. */
interface Answer {
  readonly statusCode: number;
  /** The parsed JSON body; text where it is not JSON; `undefined` where it is empty. */
  readonly body: unknown;
  /** The answer carried `flowspan-batch: 1`: this server takes `POST logs/batch`. */
  readonly servesBatch: boolean;
}

/** The server took the request (2xx). */
export interface Success extends Answer {
  readonly status: "success";
}

/**
 * The server refused it, or the request can't be made; sending it again would not help. With an
 * `error` beside a 2xx or 3xx, something answered that does not speak as a Log API does.
 */
export interface Failure extends Partial<Answer> {
  readonly status: "failure";
  readonly error?: Error;
  /** The status is a 2xx, and its answer was cut off because it is too large. */
  readonly isTooLarge?: true;
}

/** It may go through later: 408, 429, 5xx, or no answer at all (then `error` says why). */
export interface Retryable extends Partial<Answer> {
  readonly status: "retryable";
  /** What the server asked for by `Retry-After`. */
  readonly retryInMillis?: number;
  readonly error?: Error;
}

export type TransportResult = Success | Failure | Retryable;

/** Sends one request. Expected failure is a value: `send` never rejects. */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResult>;
  /** Ends open requests (they resolve as retryable) and closes connections. Idempotent. */
  shutdown(): Promise<void>;
}
