import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform } from "fastify-type-provider-zod";

/** Describes every route that is added after it, from the schemas that check requests. */
export function addOpenApi(server: FastifyInstance): void {
  server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "flowspan Log API", version: "5" },
      components: {
        securitySchemes: { key: { type: "apiKey", in: "header", name: "X-API-KEY" } },
      },
    },
    transform: jsonSchemaTransform,
  });
}
