import type { FastifyInstance, FastifyReply } from "fastify";
import type { Readiness } from "../readiness.ts";

/**
 * What machines ask a server without a key: `GET /healthz`, whether it answers, `GET /readyz`,
 * whether it can take logs (503 and why where it can't), and `GET /openapi.json`.
 */
export function addMetaRoutes(server: FastifyInstance, readiness: Readiness): void {
  server.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
  server.get("/readyz", { schema: { hide: true } }, async (_, reply): Promise<FastifyReply> => {
    const reason = await readiness();
    if (reason !== undefined) return reply.code(503).send({ status: "unavailable", reason });
    return reply.send({ status: "ready" });
  });
  server.get("/openapi.json", { schema: { hide: true } }, async () => server.swagger());
}
