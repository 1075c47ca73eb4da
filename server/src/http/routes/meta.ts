import type { FastifyInstance } from "fastify";

/** `GET /healthz` and `GET /openapi.json`: what machines ask a server, without a key. */
export function addMetaRoutes(server: FastifyInstance): void {
  server.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
  server.get("/openapi.json", { schema: { hide: true } }, async () => server.swagger());
}
