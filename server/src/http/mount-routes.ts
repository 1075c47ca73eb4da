import type { FastifyInstance } from "fastify";
import type { Callers } from "../domain/callers.ts";
import { createGuard } from "./access-guard.ts";
import type { LimitClient } from "./client-limit.ts";
import { type ServerContext, settle } from "./context.ts";
import { answerUnknownPath, type ErrorListener } from "./errors.ts";
import type { ServerLimits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import { createReadiness } from "./readiness.ts";
import { addBatchRoute } from "./routes/batch.ts";
import { addCreateLogRoutes } from "./routes/create-logs.ts";
import { addEnvironmentRoutes } from "./routes/environments.ts";
import { addFileRoutes } from "./routes/files.ts";
import { addMetaRoutes } from "./routes/meta.ts";
import { addMetricsRoute } from "./routes/metrics.ts";
import { addOtlpRoutes } from "./routes/otlp.ts";
import { addPageRoutes } from "./routes/page.ts";
import { addPatchLogRoutes } from "./routes/patch-logs.ts";
import { addReadLogRoutes } from "./routes/read-logs.ts";
import { addSessionRoutes } from "./routes/session.ts";
import { addTraceRoutes } from "./routes/traces.ts";

/** What routes are made of. */
export interface RouteOptions {
  readonly context: ServerContext;
  readonly callers: Callers;
  readonly limits: ServerLimits;
  readonly limitClient: LimitClient;
  readonly metrics: Metrics;
  /** Hears of errors that are answered with 500. */
  readonly onError: ErrorListener;
  /** The folder of the built viewer page. */
  readonly pageDir?: string;
}

/**
 * Puts every route in its place. What is stored is behind the guard, which asks for a key; what
 * machines and browsers need before they have one is not.
 */
export function mountRoutes(server: FastifyInstance, options: RouteOptions): void {
  const { context, callers, limits, limitClient, metrics, onError, pageDir } = options;
  const guard = createGuard(callers);
  const guarded = (addRoutes: (scope: FastifyInstance) => void, prefix: string): void => {
    server.register(
      async (scope) => {
        scope.addHook("onRequest", limitClient(guard));
        scope.setNotFoundHandler(answerUnknownPath);
        addRoutes(scope);
      },
      { prefix },
    );
  };
  const settled = (addRoutes: (scope: FastifyInstance) => void, prefix: string): void => {
    guarded((scope) => {
      scope.addHook("preHandler", async ({ method, projectId }) => {
        // What is added to a trace has it projected anyway.
        if (method !== "POST") await settle(context, projectId);
      });
      addRoutes(scope);
    }, prefix);
  };
  settled((scope) => {
    addCreateLogRoutes(scope, context);
    addPatchLogRoutes(scope, context);
    addBatchRoute(scope, context, limits.batchLogs);
    addReadLogRoutes(scope, context);
    addFileRoutes(scope, context);
    addEnvironmentRoutes(scope, context);
  }, "/v5");
  // The second is where programs that export to the hosted Log API send spans.
  for (const prefix of ["/v1", "/v5/import/otel/v1"]) {
    guarded((scope) => addOtlpRoutes(scope, { context, limits, metrics, onError }), prefix);
  }
  settled((scope) => addTraceRoutes(scope, context), "/api");
  guarded((scope) => addMetricsRoute(scope, metrics), "/metrics");
  server.register(
    async (scope) => {
      scope.addHook("onRequest", limitClient());
      addSessionRoutes(scope, callers);
    },
    { prefix: "/api" },
  );
  server.register(async (scope) => addMetaRoutes(scope, createReadiness(context.store)));
  if (pageDir !== undefined) {
    server.register(async (scope) => {
      scope.addHook("onRequest", limitClient());
      addPageRoutes(scope, pageDir);
    });
  }
}
