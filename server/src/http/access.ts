import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What browsers say of a request by this server's own page, or by the user. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

/** Refuses a request by throwing. */
export type AccessCheck = (request: FastifyRequest) => void;

/**
 * Checks the key, sent as `X-API-KEY` or as a bearer token. Only its hash is kept; comparing
 * takes as long for a wrong key as for the right one.
 *
 * Errors: 401 for a wrong or missing key.
 */
export function createKeyCheck(apiKey: string): AccessCheck {
  const expected = sha256(apiKey);
  return (request) => {
    const bearer = /^Bearer\s+(.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const given = request.headers["x-api-key"] ?? bearer;
    if (typeof given !== "string" || !timingSafeEqual(sha256(given), expected)) {
      throw new ApiError(401, "API key is incorrect or missing. Send it as X-API-KEY.");
    }
  };
}

/**
 * Keeps other web pages out of a server that asks for no key: it answers only to loopback names,
 * so that a foreign name that resolves to this machine gets nothing.
 *
 * Errors: 403 for any other name.
 */
export const checkLoopbackHost: AccessCheck = (request) => {
  if (!isLoopback(hostName(request.headers.host ?? ""))) {
    throw new ApiError(403, "Host: expected a loopback name such as 127.0.0.1 or localhost.");
  }
};

/**
 * Keeps other web pages from writing: a browser says where a page is from.
 *
 * Errors: 403 for a write from another origin.
 */
export const checkOrigin: AccessCheck = (request) => {
  const { origin, host, "sec-fetch-site": site } = request.headers;
  if (SAFE_METHODS.has(request.method)) return;
  const isOfThisHost =
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  // Some requests of browsers say only this of where they are from.
  const isOfThisSite = site === undefined || OWN_SITES.has(String(site));
  if (!isOfThisHost || !isOfThisSite) {
    throw new ApiError(403, "Origin: writes from another origin are refused.");
  }
};

/** Whether a name or address can only be this machine. */
export function isLoopback(name: string): boolean {
  return (
    name === "localhost" ||
    name.endsWith(".localhost") ||
    name === "::1" ||
    /^127(\.\d{1,3}){3}$/.test(name)
  );
}

/** The name in a Host header, without port and brackets. */
function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\](:\d*)?$/.exec(host);
  return (bracketed?.[1] ?? host.replace(/:\d*$/, "")).toLowerCase();
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
