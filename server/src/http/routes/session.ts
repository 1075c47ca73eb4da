import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { ApiError } from "../../domain/api-error.ts";
import type { Callers } from "../../domain/callers.ts";
import { checkOwnPage } from "../access.ts";
import { keyRefused } from "../access-guard.ts";
import { createRateLimit, networkOf } from "../rate-limit.ts";
import { clearSessionCookie, readSessionCookie, writeSessionCookie } from "../session-cookie.ts";

/** How many keys one address may try at once, and then again each minute. */
const TRIES = 10;
const TRIES_PER_SECOND = TRIES / 60;

/** The largest body of a sign-in: nobody has shown a key yet who sends one. */
const MAX_SIGN_IN_BYTES = 4_096;

const signInBody = z.object({ key: z.string() });

/**
 * `/session`: the viewer signs in with a key, asks whether it is signed in, and signs out. The
 * key is sent once; what stays in the browser is a cookie that reads the key's project and
 * nothing else.
 */
export function addSessionRoutes(server: FastifyInstance, callers: Callers): void {
  const tries = createRateLimit({
    perSecond: TRIES_PER_SECOND,
    burst: TRIES,
    clock: () => performance.now(),
  });
  server.addHook("onRequest", async (request) => checkOwnPage(request));

  const tags = ["viewer"];
  server.get(
    "/session",
    { schema: { summary: "Whether one is signed in", tags } },
    async (request) => {
      const token = readSessionCookie(request);
      const caller = token === undefined ? undefined : await callers.bySession(token);
      return { key_needed: await callers.isKeyNeeded(), signed_in: caller !== undefined };
    },
  );

  server.post<{ Body: { key: string } }>(
    "/session",
    {
      schema: { summary: "Sign in with a key", tags, body: signInBody },
      bodyLimit: MAX_SIGN_IN_BYTES,
      // Before the body is read: many tries at once are as slow as one after another.
      onRequest: async ({ ip }) => {
        const waitMillis = tries.take(networkOf(ip));
        if (waitMillis === undefined) return;
        const detail = "Too many keys were tried from this address. Try again later.";
        throw new ApiError(429, detail, Math.ceil(waitMillis / 1_000));
      },
    },
    async (request, reply): Promise<FastifyReply> => {
      const { key } = request.body;
      const caller = await callers.byKey(key);
      if (caller === undefined) throw keyRefused();
      if (!caller.scopes.includes("read")) {
        throw new ApiError(403, 'API key may not sign in: it lacks the scope "read".');
      }
      const token = await callers.openSession(key, caller);
      return reply.header("set-cookie", writeSessionCookie(request, token)).code(204).send();
    },
  );

  server.delete(
    "/session",
    { schema: { summary: "Sign out", tags } },
    async (request, reply): Promise<FastifyReply> => {
      const token = readSessionCookie(request);
      if (token !== undefined) await callers.closeSession(token);
      return reply.header("set-cookie", clearSessionCookie(request)).code(204).send();
    },
  );
}
