import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/**
 * Serves the built viewer page: its files, and the page itself at `/` and at `/logs/{id}`, where
 * it shows that log. The page holds no data and is served without a key; what it shows comes
 * from the API. Without a built page there is nothing at these paths.
 */
export function addPageRoutes(server: FastifyInstance, pageDir: string): void {
  if (!existsSync(join(pageDir, "index.html"))) return;
  server.register(fastifyStatic, { root: pageDir, wildcard: false });
  server.get("/logs/:id", { schema: { hide: true } }, async (_, reply) =>
    reply.sendFile("index.html"),
  );
}
