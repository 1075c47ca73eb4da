import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";

import type { OddAnswer } from "./odd-answers.ts";

type Json = Record<string, unknown>;

/** One request as it came from the socket. */
export interface SeenRequest {
  readonly method: string;
  /** Below `/v5`: `/flows/log`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Json;
  /** Bytes of the body on the wire. */
  readonly bytes: number;
}

/** One log as the sink keeps it. */
export interface KeptLog {
  readonly id: string;
  readonly type: string;
  readonly fields: Json;
  readonly parentId: string | undefined;
  /** How many creates made it: 1, or more where a repeated one was not seen as the same log. */
  creates: number;
}

/**
 * What goes wrong with one request. `lost` handles it and then cuts the connection. `odd` writes
 * bytes of its own in place of the answer, where `isHandled` after the request was handled.
 */
export type Fault =
  | "reset"
  | "hang"
  | "lost"
  | { readonly odd: OddAnswer; readonly isHandled: boolean }
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

/** What goes wrong with one entry of a batch. */
export type EntryFault = "missing" | { readonly status: number; readonly detail: unknown };

export interface SinkOptions {
  /** Serves `POST logs/batch` and says so in every answer; a function is asked each time. */
  readonly batch: boolean | (() => boolean);
  readonly fault?: (request: SeenRequest) => Fault | undefined;
  readonly entryFault?: (entry: Json) => EntryFault | undefined;
  /** Body keys that single posts answer with 422. */
  readonly unknownKeys?: readonly string[];
  /** How long each answer takes. Default 0. */
  readonly delayMillis?: number;
  /** Port to listen on. Default a free one. */
  readonly port?: number;
}

/** A small Log API with its memory open to tests: enough of the rules to see an order broken. */
export interface LogApiSink {
  readonly url: string;
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  readonly logs: ReadonlyMap<string, KeptLog>;
  /** Every operation it took, in order: `create log_1`, `update log_1`, `complete log_1`. */
  readonly taken: readonly string[];
  readonly completed: ReadonlySet<string>;
  /** Highest number of requests that were open at once. */
  readonly maxOpen: number;
  close(): Promise<void>;
}

export async function startLogApiSink(options: SinkOptions): Promise<LogApiSink> {
  const store = new SinkStore();
  const requests: SeenRequest[] = [];
  let open = 0;
  let maxOpen = 0;
  const server = createServer(async (incoming, response) => {
    open += 1;
    maxOpen = Math.max(maxOpen, open);
    response.on("close", () => {
      open -= 1;
    });
    const request = await readRequest(incoming).catch(() => undefined);
    if (!request) return response.destroy();
    requests.push(request);
    if (options.delayMillis) await new Promise((end) => setTimeout(end, options.delayMillis));
    const fault = options.fault?.(request);
    if (fault === "hang") return;
    if (fault === "reset") return incoming.socket.destroy();
    if (typeof fault === "object" && "odd" in fault) {
      if (fault.isHandled) answer(store, request, options);
      incoming.socket.on("error", () => undefined);
      return fault.odd(incoming.socket);
    }
    const [status, body] =
      typeof fault === "object"
        ? [fault.status, fault.body ?? { detail: "made to fail" }]
        : answer(store, request, options);
    if (fault === "lost") return incoming.socket.destroy();
    const more = typeof fault === "object" ? fault.headers : undefined;
    const batch = servesBatch(options) && { "flowspan-batch": "1" };
    respond(response, status, body, { ...batch, ...more });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v5`,
    port,
    requests,
    logs: store.logs,
    taken: store.taken,
    completed: store.completed,
    get maxOpen() {
      return maxOpen;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The sink's memory and the rules of a trace. */
class SinkStore {
  readonly logs = new Map<string, KeptLog>();
  readonly taken: string[] = [];
  readonly completed = new Set<string>();
  #made = 0;

  create(type: string, body: Json, late: boolean): [number, Json] {
    const parentId = (body.trace_parent_id ?? body.trace_parent_log_id ?? body.trace_id) as
      | string
      | undefined;
    const mayFollow = late && body.parent_may_follow === true;
    if (parentId !== undefined && !this.logs.has(parentId) && !mayFollow) {
      return [404, { detail: `no log ${parentId}` }];
    }
    const root = body.trace_id as string | undefined;
    const isParentThere =
      root !== undefined && this.logs.get(parentId ?? "")?.fields.trace_id === root;
    if (root !== undefined && !this.logs.has(root) && !mayFollow && !isParentThere)
      return [404, { detail: `no trace ${root}` }];
    if (!late && root !== undefined && this.completed.has(root)) {
      return [409, { detail: "the trace is complete" }];
    }
    const id = (body.log_id as string | undefined) ?? `srv_${++this.#made}`;
    const known = this.logs.get(id);
    const fields = { ...known?.fields, ...body };
    this.logs.set(id, { id, type, fields, parentId, creates: (known?.creates ?? 0) + 1 });
    this.taken.push(`create ${id}`);
    if (body.trace_status === "complete" || body.log_status === "complete") this.#complete(id);
    return [200, { id, [`${type}_id`]: `file_${type}`, version_id: "v1" }];
  }

  /** A log with everything below it, as `GET /logs/{id}` gives it. */
  tree(id: string): Json | undefined {
    const log = this.logs.get(id);
    if (!log) return undefined;
    const children = [...this.logs.values()].filter(({ parentId }) => parentId === id);
    return {
      ...log.fields,
      id,
      [log.type]: { id: `file_${log.type}` },
      trace_children: children.map((child) => this.tree(child.id)),
    };
  }

  update(id: string, body: Json): [number, Json] {
    const log = this.logs.get(id);
    if (!log) return [404, { detail: `no log ${id}` }];
    Object.assign(log.fields, body);
    const isComplete = body.trace_status === "complete" || body.log_status === "complete";
    if (isComplete) this.#complete(id);
    else this.taken.push(`update ${id}`);
    return [200, { id, version_id: "v1" }];
  }

  #complete(id: string): void {
    this.completed.add(id);
    this.taken.push(`complete ${id}`);
  }
}

function answer(store: SinkStore, request: SeenRequest, options: SinkOptions): [number, unknown] {
  const { method, path, body } = request;
  const asked = /^\/logs\/(.+)$/.exec(path);
  if (method === "GET" && asked) {
    const tree = store.tree(asked[1]!);
    return tree ? [200, tree] : [404, { detail: "no such log" }];
  }
  if (method === "GET") return [200, { records: [], page: 1, size: 1, total: 0 }];
  if (path === "/logs/batch") {
    if (!servesBatch(options)) return [404, { detail: "Not Found" }];
    return [200, { logs: takeBatch(store, body.logs as Json[], options) }];
  }
  const unknown = (options.unknownKeys ?? []).filter((key) => key in body);
  if (unknown.length > 0) {
    const detail = unknown.map((key) => ({
      loc: ["body", key],
      msg: "Extra inputs are not permitted",
      type: "extra_forbidden",
    }));
    return [422, { detail }];
  }
  const create = /^\/(flow|prompt|tool)s\/log$/.exec(path);
  if (create && method === "POST") return store.create(create[1]!, body, false);
  const update = /^\/(?:flows\/logs|(?:prompts|tools)\/file_\w+\/log)\/(.+)$/.exec(path);
  if (update && method === "PATCH") return store.update(update[1]!, body);
  return [404, { detail: "Not Found" }];
}

function servesBatch({ batch }: SinkOptions): boolean {
  return typeof batch === "function" ? batch() : batch;
}

/** In any order within one batch: creates by need, then updates, then completions. */
function takeBatch(store: SinkStore, entries: readonly Json[], options: SinkOptions): unknown[] {
  const answers = new Map<Json, unknown>();
  const faulty = new Set<Json>();
  for (const entry of entries) {
    const fault = options.entryFault?.(entry);
    if (!fault) continue;
    faulty.add(entry);
    if (fault !== "missing") answers.set(entry, fault);
  }
  for (const op of ["create", "update", "complete"]) {
    for (const entry of entries) {
      if (entry.op !== op || faulty.has(entry)) continue;
      const { op: _op, type, query: _query, ...body } = entry;
      const id = body.log_id as string;
      const [status, result] =
        op === "create"
          ? store.create(type as string, body, true)
          : store.update(id, op === "complete" ? { ...body, trace_status: "complete" } : body);
      answers.set(entry, status === 200 ? result : { status, ...result });
    }
  }
  return entries.map((entry) => answers.get(entry) ?? null);
}

async function readRequest(incoming: IncomingMessage): Promise<SeenRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const plain = incoming.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
  const url = new URL(incoming.url ?? "/", "http://sink");
  return {
    method: incoming.method ?? "GET",
    path: url.pathname.replace(/^\/v5/, ""),
    query: url.searchParams,
    headers: incoming.headers,
    body: plain.length > 0 ? (JSON.parse(plain.toString("utf8")) as Json) : {},
    bytes: raw.length,
  };
}

function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string>,
): void {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(text);
}
