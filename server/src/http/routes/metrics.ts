import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics.ts";
import { PROMETHEUS_TYPE, toPrometheusText } from "../prometheus-text.ts";

/** `GET` of what the server counts, in Prometheus' text format. */
export function addMetricsRoute(server: FastifyInstance, metrics: Metrics): void {
  server.get("/", { schema: { hide: true } }, async (_, reply) =>
    reply.type(PROMETHEUS_TYPE).send(toPrometheusText(metrics.list())),
  );
}
