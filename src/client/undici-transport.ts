import type { Dispatcher } from "undici";
import { Pool } from "undici";
import type { ApiUrl } from "./api-url.ts";
import { classifyStatus, readRetryAfter } from "./classify-answer.ts";
import type { AnswerBody } from "./read-answer.ts";
import { readAnswer } from "./read-answer.ts";
import { timerMillis } from "./timer-millis.ts";
import type { QueryValue, Transport, TransportRequest, TransportResult } from "./transport.ts";
import { createUnheldConnector } from "./unheld-connector.ts";

const KEEP_ALIVE_MILLIS = 10_000;
/** Redirects of one request that are followed. */
const MAX_REDIRECTS = 3;
/** 303 asks for a GET instead, which says nothing of the log that was sent. */
const FOLLOWED: ReadonlySet<number> = new Set([301, 302, 307, 308]);
/** A redirect's own body is read up to here, to use its connection again. */
const MAX_REDIRECT_BODY_BYTES = 64 * 1024;

export interface UndiciTransportOptions {
  readonly url: ApiUrl;
  /** Sent as `X-API-KEY`. */
  readonly apiKey: string | undefined;
  /** How long one request may take, from connecting to the last byte of its answer. */
  readonly requestTimeoutMillis: number;
  /** Connections at once. */
  readonly connections: number;
  /** An open request keeps the process alive until it is answered. Default true. */
  readonly holdsProcess?: boolean;
}

/**
 * Sends over connections of its own, kept alive between requests; the process-wide dispatcher is
 * never touched. Waiting connections and timers keep no process alive.
 *
 * - A redirect within the origin is followed, method and body as they are. One that leads
 *   elsewhere is not, nor is a fourth: no other origin ever sees the key.
 * - An answer is read up to 8 MiB. A 2xx that is longer, or neither JSON nor empty, is a `failure`
 *   with an `error`: whoever answered was no Log API.
 */
export class UndiciTransport implements Transport {
  readonly #pool: Pool;
  readonly #options: UndiciTransportOptions;
  readonly #open = new Set<AbortController>();
  #closed: Promise<void> | undefined;

  constructor(options: UndiciTransportOptions) {
    this.#options = options;
    const { requestTimeoutMillis, holdsProcess = true } = options;
    this.#pool = new Pool(options.url.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MILLIS,
      // The request's own deadline covers these two.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: holdsProcess
        ? { timeout: requestTimeoutMillis }
        : createUnheldConnector(requestTimeoutMillis),
    });
  }

  async send(request: TransportRequest): Promise<TransportResult> {
    if (this.#closed) return { status: "failure", error: new Error("the transport is closed") };
    const deadline = new AbortController();
    const { requestTimeoutMillis } = this.#options;
    const timer = setTimeout(
      () => deadline.abort(new Error(`no answer within ${requestTimeoutMillis} ms`)),
      timerMillis(requestTimeoutMillis),
    );
    timer.unref();
    this.#open.add(deadline);
    try {
      return await this.#exchange(request, deadline.signal);
    } catch (error) {
      return { status: "retryable", error: toError(error) };
    } finally {
      clearTimeout(timer);
      this.#open.delete(deadline);
    }
  }

  shutdown(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const deadline of this.#open) deadline.abort(new Error("the transport was closed"));
    await this.#pool.destroy();
  }

  async #exchange(request: TransportRequest, signal: AbortSignal): Promise<TransportResult> {
    const { url } = this.#options;
    let path = `${url.basePath}/${request.path}${queryText(request.query)}`;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.#pool.request({
        method: request.method,
        path,
        headers: this.#headersOf(request),
        body: request.body ?? null,
        signal,
      });
      const target = redirectTarget(answer, `${url.origin}${path}`);
      if (!target) return readResult(answer);
      await answer.body.dump({ limit: MAX_REDIRECT_BODY_BYTES, signal });
      if (target.origin !== url.origin || redirects === MAX_REDIRECTS) {
        const where = target.origin === url.origin ? "again and again" : `to ${target.origin}`;
        const error = new Error(`it redirects ${where}, which is not followed`);
        return { status: "failure", statusCode: answer.statusCode, error };
      }
      path = `${target.pathname}${target.search}`;
    }
  }

  #headersOf(request: TransportRequest): Record<string, string> {
    const { apiKey } = this.#options;
    return {
      accept: "application/json",
      ...(request.body !== undefined && { "content-type": "application/json" }),
      ...(request.contentEncoding && { "content-encoding": request.contentEncoding }),
      ...(apiKey !== undefined && { "x-api-key": apiKey }),
    };
  }
}

/** What is wrong with a 2xx whose body is of this kind. */
const UNREADABLE: Readonly<Partial<Record<AnswerBody["kind"], string>>> = {
  text: "is not JSON",
  "too-large": "is too large",
  unreadable: "can't be unpacked",
};

async function readResult(answer: Dispatcher.ResponseData): Promise<TransportResult> {
  const { statusCode, headers } = answer;
  const body = await readAnswer(answer.body, headers);
  const status = classifyStatus(statusCode);
  const servesBatch = headers["flowspan-batch"] === "1";
  const fault = status === "success" ? UNREADABLE[body.kind] : undefined;
  if (fault !== undefined) {
    const error = new Error(`its answer with ${statusCode} ${fault}`);
    const isTooLarge = body.kind === "too-large";
    return { status: "failure", statusCode, servesBatch, error, ...(isTooLarge && { isTooLarge }) };
  }
  const shared = { statusCode, body: body.value, servesBatch };
  if (status !== "retryable") return { status, ...shared };
  const retryInMillis = readRetryAfter(headers["retry-after"], Date.now(), headers.date);
  return { status, ...shared, ...(retryInMillis !== undefined && { retryInMillis }) };
}

/** Where a redirect leads; `undefined` for any other answer. */
function redirectTarget(answer: Dispatcher.ResponseData, from: string): URL | undefined {
  const { location } = answer.headers;
  if (!FOLLOWED.has(answer.statusCode) || typeof location !== "string") return undefined;
  try {
    return new URL(location, from);
  } catch {
    return undefined;
  }
}

function queryText(query: Readonly<Record<string, QueryValue>> | undefined): string {
  if (!query) return "";
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** Several addresses that all failed make an error without a message of its own. */
function toError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message === "" && first instanceof Error ? first : error;
}
