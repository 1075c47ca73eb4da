import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Metric } from "./prometheus-text.ts";

/** Counts what a server does. */
export interface Metrics {
  /** Counts logs that were created, updated or completed. */
  countLogs(logs: number): void;
  /** Counts spans that came by OTLP: taken, and refused. */
  countSpans(taken: number, rejected: number): void;
  /** Counts a request that was refused for its client's rate. */
  countRateLimited(): void;
  /** Counts what could not be read as a request, by the status it was answered with. */
  countUnreadable(status: number): void;
  /** Everything counted, and what of the process is worth watching. */
  list(): readonly Metric[];
}

/**
 * Counts a server's requests, bytes and connections from now on.
 *
 * Guarantees: no label holds anything that a client sent. A route is named as the code names it,
 * what meets none is `unmatched` and what is no request `unreadable`, so their number is bounded.
 */
export function countMetrics(server: FastifyInstance): Metrics {
  const startSeconds = Date.now() / 1_000 - process.uptime();
  const requests = new Map<string, number>();
  const open = new Set<Socket>();
  const ended = { bytesRead: 0, bytesWritten: 0 };
  const counts = { logs: 0, spans: 0, rejectedSpans: 0, rateLimited: 0, dropped: 0 };

  const countRequest = (method: string, route: string, status: number): void => {
    const labels = `method="${method}",route="${route}",status="${status}"`;
    requests.set(labels, (requests.get(labels) ?? 0) + 1);
  };
  server.addHook("onResponse", async (request, reply) => {
    const [method, route] = routeOf(request);
    countRequest(method, route, reply.statusCode);
  });
  server.server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      ended.bytesRead += socket.bytesRead;
      ended.bytesWritten += socket.bytesWritten;
    });
  });
  server.server.on("drop", () => {
    counts.dropped += 1;
  });

  const bytes = (direction: keyof typeof ended): number =>
    [...open].reduce((total, socket) => total + socket[direction], ended[direction]);

  return {
    countLogs: (logs) => {
      counts.logs += logs;
    },
    countSpans: (taken, rejected) => {
      counts.spans += taken;
      counts.rejectedSpans += rejected;
    },
    countRateLimited: () => {
      counts.rateLimited += 1;
    },
    countUnreadable: (status) => countRequest("none", "unreadable", status),
    list: () => [
      counter("flowspan_http_requests_total", "Requests answered.", requests),
      counter("flowspan_received_bytes_total", "Bytes that clients sent.", bytes("bytesRead")),
      counter("flowspan_sent_bytes_total", "Bytes sent to clients.", bytes("bytesWritten")),
      counter("flowspan_logs_written_total", "Logs created, updated or completed.", counts.logs),
      counter("flowspan_spans_received_total", "Spans taken by OTLP.", counts.spans),
      counter("flowspan_spans_rejected_total", "Spans refused by OTLP.", counts.rejectedSpans),
      counter("flowspan_rate_limited_total", "Requests answered with 429.", counts.rateLimited),
      gauge("flowspan_open_connections", "Connections that are open.", open.size),
      counter(
        "flowspan_dropped_connections_total",
        "Connections closed at once, as too many were open.",
        counts.dropped,
      ),
      ...processMetrics(startSeconds),
    ],
  };
}

function processMetrics(startSeconds: number): readonly Metric[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    gauge("process_resident_memory_bytes", "Memory of the whole process.", rss),
    gauge("nodejs_heap_size_used_bytes", "Memory of its JavaScript objects.", heapUsed),
    counter("process_cpu_seconds_total", "Processor time used.", (user + system) / 1_000_000),
    gauge("process_start_time_seconds", "When it started, in seconds since 1970.", startSeconds),
  ];
}

/** The method and the route as the code names them, never as the request does. */
function routeOf({ routeOptions }: FastifyRequest): readonly [method: string, route: string] {
  const { method, url } = routeOptions;
  return url === undefined ? ["any", "unmatched"] : [String(method), url];
}

function counter(name: string, help: string, value: Metric["value"]): Metric {
  return { name, type: "counter", help, value };
}

function gauge(name: string, help: string, value: Metric["value"]): Metric {
  return { name, type: "gauge", help, value };
}
