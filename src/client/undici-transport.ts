import type { Dispatcher } from "undici";
import { Pool } from "undici";
import type { ApiUrl } from "./api-url.ts";
import { classifyStatus, readRetryAfter } from "./classify-answer.ts";
import type { QueryValue, Transport, TransportRequest, TransportResult } from "./transport.ts";

/** Larger answers are cut off and count as failed. */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
const KEEP_ALIVE_MILLIS = 10_000;

export interface UndiciTransportOptions {
  readonly url: ApiUrl;
  /** Sent as `X-API-KEY`. */
  readonly apiKey: string | undefined;
  /** How long one request may take, from connecting to the last byte of its answer. */
  readonly requestTimeoutMillis: number;
  /** Connections at once. */
  readonly connections: number;
}

/**
 * Sends over connections of its own, kept alive between requests; the process-wide dispatcher is
 * never touched. Waiting connections and timers keep no process alive.
 */
export class UndiciTransport implements Transport {
  readonly #pool: Pool;
  readonly #options: UndiciTransportOptions;
  readonly #open = new Set<AbortController>();
  #closed: Promise<void> | undefined;

  constructor(options: UndiciTransportOptions) {
    this.#options = options;
    this.#pool = new Pool(options.url.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MILLIS,
      // The request's own deadline covers these two.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: options.requestTimeoutMillis },
    });
  }

  async send(request: TransportRequest): Promise<TransportResult> {
    if (this.#closed) return { status: "failure", error: new Error("the transport is closed") };
    const deadline = new AbortController();
    const timer = setTimeout(() => {
      deadline.abort(new Error(`no answer within ${this.#options.requestTimeoutMillis} ms`));
    }, this.#options.requestTimeoutMillis);
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
    const { url, apiKey } = this.#options;
    const answer = await this.#pool.request({
      method: request.method,
      path: `${url.basePath}/${request.path}${queryText(request.query)}`,
      headers: {
        accept: "application/json",
        ...(request.body !== undefined && { "content-type": "application/json" }),
        ...(request.contentEncoding && { "content-encoding": request.contentEncoding }),
        ...(apiKey !== undefined && { "x-api-key": apiKey }),
      },
      body: request.body ?? null,
      signal,
    });
    const body = await readBody(answer.body);
    const status = classifyStatus(answer.statusCode);
    const servesBatch = answer.headers["flowspan-batch"] === "1";
    if (body === TOO_LARGE) {
      const error = new Error(`the answer is larger than ${MAX_RESPONSE_BYTES} bytes`);
      return { status: "failure", statusCode: answer.statusCode, servesBatch, error };
    }
    const shared = { statusCode: answer.statusCode, body, servesBatch };
    if (status !== "retryable") return { status, ...shared };
    const retryInMillis = readRetryAfter(answer.headers["retry-after"], Date.now());
    return { status, ...shared, ...(retryInMillis !== undefined && { retryInMillis }) };
  }
}

const TOO_LARGE: unique symbol = Symbol("too large");

async function readBody(body: Dispatcher.ResponseData["body"]): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (length > MAX_RESPONSE_BYTES) return TOO_LARGE;
    chunks.push(chunk);
  }
  if (length === 0) return undefined;
  const text = Buffer.concat(chunks, length).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text;
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

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
