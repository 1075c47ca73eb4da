import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";
import { ANYONE, type Caller, type Callers } from "../domain/callers.ts";
import type { Scope } from "../store/key-store.ts";
import { checkOwnPage, SAFE_METHODS } from "./access.ts";
import type { Identify } from "./client-limit.ts";
import { readSessionCookie } from "./session-cookie.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks; `undefined` where that wasn't asked, as for the viewer's page. */
    caller: Caller | undefined;
    /** The project of whoever asks. Throws at a route that nothing guards. */
    readonly projectId: string;
  }
  interface FastifyContextConfig {
    /** The scopes a key needs for this route. Default: `read` for GET and HEAD, else `write`. */
    readonly scopes?: readonly Scope[];
  }
}

/** Gives requests a caller and a project, for {@link createGuard} to set. */
export function decorateRequests(server: FastifyInstance): void {
  server.decorateRequest("caller", undefined);
  server.decorateRequest("projectId", {
    getter(this: FastifyRequest) {
      if (this.caller === undefined) {
        throw new Error("projectId: expected a request of a guarded route, got another.");
      }
      return this.caller.projectId;
    },
  });
}

/** What a route needs that answers a write with what is stored. */
export const READ_AND_WRITE = { scopes: ["read", "write"] } as const;

/** What a route needs that reads, whatever its method. */
export const READ_ONLY = { scopes: ["read"] } as const;

/**
 * Makes the check that lets nobody in but who may, before any of a request's body is read. It
 * gives the name of the key, `undefined` where none is asked for.
 *
 * Errors: 401 for a key that is missing, unknown, expired or revoked, all alike; 403 for one
 * without the scope, and for a cookie that another page sent.
 */
export function createGuard(callers: Callers): Identify {
  return async (request) => {
    const caller = (await callers.isKeyNeeded()) ? await identify(request, callers) : ANYONE;
    for (const scope of request.routeOptions.config?.scopes ?? [defaultScope(request)]) {
      if (!caller.scopes.includes(scope)) {
        throw new ApiError(403, `API key may not do that: it lacks the scope "${scope}".`);
      }
    }
    request.caller = caller;
    return caller.keyId;
  };
}

/** A key counts for more than a cookie: whoever sends one means it. */
async function identify(request: FastifyRequest, callers: Callers): Promise<Caller> {
  const secret = keyOf(request);
  const caller =
    secret === undefined ? await findSession(request, callers) : await callers.byKey(secret);
  if (caller === undefined) throw keyRefused();
  return caller;
}

/** The key that came with a request, as `X-API-KEY` or as a bearer token. */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer\s+(.+)$/i.exec(headers.authorization ?? "")?.[1];
  const given = headers["x-api-key"] ?? bearer;
  return typeof given === "string" ? given : undefined;
}

async function findSession(request: FastifyRequest, callers: Callers): Promise<Caller | undefined> {
  const token = readSessionCookie(request);
  if (token === undefined) return undefined;
  checkOwnPage(request);
  return callers.bySession(token);
}

/** The one answer to every key that lets nobody in: which it is helps only who guesses. */
export function keyRefused(): ApiError {
  return new ApiError(401, "API key is incorrect or missing. Send it as X-API-KEY.");
}

function defaultScope({ method }: FastifyRequest): Scope {
  return SAFE_METHODS.has(method) ? "read" : "write";
}
