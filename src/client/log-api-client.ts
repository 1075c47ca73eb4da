import { checkApiKey } from "./api-key.ts";
import { DEFAULT_API_URL, readApiUrl } from "./api-url.ts";
import { LogApiError } from "./log-api-error.ts";
import { RetryingTransport } from "./retrying-transport.ts";
import type { QueryValue, Transport, TransportRequest } from "./transport.ts";
import { UndiciTransport } from "./undici-transport.ts";
import type {
  BatchEntry,
  BatchEntryAnswer,
  FlowLogAnswer,
  FlowLogRequest,
  FlowLogUpdate,
  ListLogsQuery,
  LogAnswer,
  Page,
  PromptLogAnswer,
  PromptLogRequest,
  PromptLogUpdate,
  TargetVersion,
  ToolLogAnswer,
  ToolLogRequest,
  ToolLogUpdate,
} from "./wire-types.ts";

const REQUEST_TIMEOUT_MILLIS = 30_000;
const RETRY_DEADLINE_MILLIS = 60_000;
const CONNECTIONS = 16;

export interface LogApiClientOptions {
  /** Address of the Log API; without a path it gets `/v5`. Default `http://127.0.0.1:4319/v5`. */
  readonly url?: string;
  /** Sent as `X-API-KEY`. Default none. */
  readonly apiKey?: string;
  /** How long one try may take, in milliseconds. Default 30 000. */
  readonly requestTimeoutMillis?: number;
  /** How long a call may take with its retries, in milliseconds. 0: no retry. Default 60 000. */
  readonly retryDeadlineMillis?: number;
}

/**
 * Typed calls of the Log API, with its own names on the wire.
 *
 * - 408, 429, 5xx and connection errors are tried again, with growing pauses, until the deadline;
 *   so a log without a `log_id` may arrive twice.
 * - Every other failure throws a `LogApiError`.
 * - Connections are its own. `close()` ends them; idle ones keep no process alive.
 *
 * @throws TypeError or RangeError from the constructor for an option that can't be used.
 */
export class LogApiClient {
  readonly #transport: Transport;
  #servesBatch: boolean | undefined;

  constructor(options: LogApiClientOptions = {}) {
    const requestTimeoutMillis = options.requestTimeoutMillis ?? REQUEST_TIMEOUT_MILLIS;
    const deadlineMillis = options.retryDeadlineMillis ?? RETRY_DEADLINE_MILLIS;
    checkMillis("requestTimeoutMillis", requestTimeoutMillis, 1);
    checkMillis("retryDeadlineMillis", deadlineMillis, 0);
    checkApiKey(options.apiKey, "LogApiClient: apiKey");
    const single = new UndiciTransport({
      url: readApiUrl(options.url ?? DEFAULT_API_URL, "LogApiClient: url"),
      apiKey: options.apiKey,
      requestTimeoutMillis,
      connections: CONNECTIONS,
    });
    this.#transport = new RetryingTransport(single, { deadlineMillis });
  }

  /** Whether this server takes `batch()`; `undefined` until it has answered once. */
  get servesBatch(): boolean | undefined {
    return this.#servesBatch;
  }

  logFlow(log: FlowLogRequest, target?: TargetVersion): Promise<FlowLogAnswer> {
    return this.#call("POST", "flows/log", log, target);
  }

  logPrompt(log: PromptLogRequest, target?: TargetVersion): Promise<PromptLogAnswer> {
    return this.#call("POST", "prompts/log", log, target);
  }

  logTool(log: ToolLogRequest, target?: TargetVersion): Promise<ToolLogAnswer> {
    return this.#call("POST", "tools/log", log, target);
  }

  /** Changes a Flow log; `{ trace_status: "complete" }` completes its trace. */
  updateFlow(logId: string, changes: FlowLogUpdate): Promise<FlowLogAnswer> {
    return this.#call("PATCH", `flows/logs/${encodeURIComponent(logId)}`, changes);
  }

  updatePromptLog(promptId: string, logId: string, changes: PromptLogUpdate): Promise<LogAnswer> {
    return this.#call("PATCH", filePath("prompts", promptId, logId), changes);
  }

  updateToolLog(toolId: string, logId: string, changes: ToolLogUpdate): Promise<LogAnswer> {
    return this.#call("PATCH", filePath("tools", toolId, logId), changes);
  }

  /**
   * Sends several logs in one request, to a server that takes it (`servesBatch`). Each entry is
   * taken whole or not at all; the answers stand in the entries' order.
   */
  async batch(entries: readonly BatchEntry[]): Promise<readonly BatchEntryAnswer[]> {
    const answer = await this.#call<{ logs?: readonly BatchEntryAnswer[] }>("POST", "logs/batch", {
      logs: entries,
    });
    return answer.logs ?? [];
  }

  /** One log with everything below it in `trace_children`. */
  getLog(logId: string): Promise<LogAnswer> {
    return this.#call("GET", `logs/${encodeURIComponent(logId)}`);
  }

  listLogs(query: ListLogsQuery): Promise<Page<LogAnswer>> {
    return this.#call("GET", "logs", undefined, query);
  }

  async deleteLogs(logIds: readonly string[]): Promise<void> {
    await this.#call("DELETE", "logs", undefined, { id: logIds });
  }

  /** Closes the connections; open calls throw. Calling it again does no harm. */
  close(): Promise<void> {
    return this.#transport.shutdown();
  }

  async #call<Body>(
    method: TransportRequest["method"],
    path: string,
    body?: object,
    query?: object,
  ): Promise<Body> {
    const result = await this.#transport.send({
      method,
      path,
      ...(query && { query: query as Record<string, QueryValue> }),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (result.servesBatch !== undefined) this.#servesBatch = result.servesBatch;
    if (result.status !== "success") throw new LogApiError({ method, path }, result);
    // The server's word for it: answers are typed by the documents, not checked field by field.
    return result.body as Body;
  }
}

function filePath(folder: "prompts" | "tools", fileId: string, logId: string): string {
  return `${folder}/${encodeURIComponent(fileId)}/log/${encodeURIComponent(logId)}`;
}

function checkMillis(name: string, value: unknown, min: number): void {
  if (typeof value === "number" && Number.isFinite(value) && value >= min) return;
  throw new RangeError(
    `LogApiClient: expected ${name} to be a number >= ${min}, got ${String(value)} (${typeof value}). Give milliseconds.`,
  );
}
