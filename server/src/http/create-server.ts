import fastify, { type FastifyInstance } from "fastify";
import { createCallers } from "../domain/callers.ts";
import type { Store } from "../store/store.ts";
import { checkLoopbackHost, checkOrigin } from "./access.ts";
import { decorateRequests } from "./access-guard.ts";
import { boundAnswers } from "./answers.ts";
import { takeJsonBodies } from "./body-parser.ts";
import { answerUnreadableRequest } from "./client-errors.ts";
import { createClientLimit } from "./client-limit.ts";
import { endConnectionsOnClose } from "./closing.ts";
import type { ServerContext } from "./context.ts";
import {
  answerBadUrl,
  answerUnknownPath,
  createErrorHandler,
  type ErrorListener,
} from "./errors.ts";
import { addHeaders } from "./headers.ts";
import { resolveLimits, type ServerLimits, toListenerOptions } from "./limits.ts";
import { countMetrics } from "./metrics.ts";
import { mountRoutes } from "./mount-routes.ts";
import { addOpenApi } from "./openapi.ts";
import { createProjection } from "./projection-options.ts";
import { checkRequestShape } from "./request-shape.ts";
import { validatorCompiler } from "./validate.ts";

/** Ids may be this long, and clients put them into paths. */
const MAX_PARAM_LENGTH = 3_000;

/** What a server is made of. */
export interface ServerOptions {
  readonly store: Store;
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number;
  /**
   * A key of the default project that may read and write. With it, or once the store has a key,
   * every request to the API must carry one. Before that, only loopback hosts may ask.
   */
  readonly apiKey?: string;
  /** Whether to ask for a key even where there is none yet. Default false. */
  readonly requireKey?: boolean;
  /**
   * Proxies that are believed what they say in `X-Forwarded-For`, `-Host` and `-Proto`: addresses,
   * networks, or `loopback`, with commas. Default: none, as anybody may send these headers.
   */
  readonly trustedProxies?: string;
  /** What one request, connection or client may ask of it. Default: see {@link ServerLimits}. */
  readonly limits?: Partial<ServerLimits>;
  /** Hears of errors that are answered with 500. Default: nobody does. */
  readonly onError?: ErrorListener;
  /** The folder of the built viewer page. Default: none. */
  readonly pageDir?: string;
}

/**
 * Makes the Log API's server. It listens nowhere yet: call `listen`, or `inject` in tests.
 *
 * Guarantees:
 * - A request is stored whole or not at all, and is on disk when it is answered with success.
 * - Errors are `{ "detail": ... }`: 401 key, 403 host or origin, 404 unknown, 409 a rule broken,
 *   413 too large, 422 a bad field, named, 429 too many requests, 503 too much at once.
 * - Closing it does not close the store.
 *
 * @throws {RangeError} for a limit that is no number it can have.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const { store, clock = Date.now, apiKey, pageDir, onError = () => undefined } = options;
  const { requireKey = false, trustedProxies = false } = options;
  const limits = resolveLimits(options.limits);
  const answerError = createErrorHandler(onError);
  const server = fastify({
    ...toListenerOptions(limits),
    trustProxy: trustedProxies,
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: MAX_PARAM_LENGTH },
    clientErrorHandler: (error, socket) => {
      metrics.countUnreadable(answerUnreadableRequest(error, socket));
    },
    frameworkErrors: (error, _, reply) => void answerBadUrl(error, reply),
  });
  server.server.maxConnections = limits.connections;
  const metrics = countMetrics(server);
  const { countLogs } = metrics;
  const context: ServerContext = { store, clock, countLogs, projection: createProjection(onError) };
  const callers = createCallers({ keys: store.keys, clock, apiKey, requireKey, onError });
  const limitClient = createClientLimit(limits, metrics, callers.isKeyNeeded);
  endConnectionsOnClose(server);
  boundAnswers(server, limits);
  server.setValidatorCompiler(validatorCompiler);
  server.setErrorHandler(answerError);
  server.setNotFoundHandler(answerUnknownPath);
  addHeaders(server);
  decorateRequests(server);
  server.addHook("onRequest", async (request, reply) => {
    checkRequestShape(request, reply, limits.urlBytes);
  });
  server.addHook("onRequest", async (request) => {
    checkOrigin(request);
    if (!(await callers.isKeyNeeded())) checkLoopbackHost(request);
  });
  takeJsonBodies(server, limits);
  addOpenApi(server);

  mountRoutes(server, { context, callers, limits, limitClient, metrics, onError, pageDir });
  return server;
}
