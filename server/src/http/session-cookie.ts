import type { FastifyRequest } from "fastify";
import { SESSION_MILLIS } from "../domain/callers.ts";

const NAME = "flowspan_session";

/** The token of the viewer's session that came with a request. */
export function readSessionCookie(request: FastifyRequest): string | undefined {
  const name = cookieName(request);
  for (const pair of request.headers.cookie?.split(";") ?? []) {
    const [key = "", value = ""] = pair.split("=", 2);
    if (key.trim() === name) return value.trim();
  }
  return undefined;
}

/**
 * The `Set-Cookie` header that keeps a session's token where no script of a page can read it and
 * no other site's page can send it.
 */
export function writeSessionCookie(request: FastifyRequest, token: string): string {
  return serialize(request, token, SESSION_MILLIS / 1_000);
}

/** The `Set-Cookie` header that takes the token away. */
export function clearSessionCookie(request: FastifyRequest): string {
  return serialize(request, "", 0);
}

function serialize(request: FastifyRequest, value: string, maxAgeSeconds: number): string {
  const parts = [
    `${cookieName(request)}=${value}`,
    `Max-Age=${maxAgeSeconds}`,
    "Path=/",
    "HttpOnly",
    "SameSite=Strict",
  ];
  return (isSecure(request) ? [...parts, "Secure"] : parts).join("; ");
}

/** Browsers let nobody but this very host set a cookie of that prefix, over https only. */
function cookieName(request: FastifyRequest): string {
  return isSecure(request) ? `__Host-${NAME}` : NAME;
}

/** Whether it came by https, here or, where that is trusted, at the proxy in front. */
function isSecure(request: FastifyRequest): boolean {
  return request.protocol === "https";
}
