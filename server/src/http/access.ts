import type { FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";

/** Methods that change nothing. */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What browsers say of a request by this server's own page, or by the user. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

/**
 * Put on a request by the viewer's page. Another origin's page would have to ask first whether it
 * may, which nothing here answers.
 */
const OWN_PAGE_HEADER = "x-flowspan-csrf";

/** Refuses a request by throwing. */
export type AccessCheck = (request: FastifyRequest) => void;

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
  const { origin, "sec-fetch-site": site } = request.headers;
  if (SAFE_METHODS.has(request.method)) return;
  const isOfThisHost =
    origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.host);
  // Some requests of browsers say only this of where they are from.
  const isOfThisSite = site === undefined || OWN_SITES.has(String(site));
  if (!isOfThisHost || !isOfThisSite) {
    throw new ApiError(403, "Origin: writes from another origin are refused.");
  }
};

/**
 * Keeps other web pages from using the viewer's cookie, also those of another port of this host,
 * which browsers count as the same site and send it for.
 *
 * Errors: 403 for a request from another origin's page, or a write without the viewer's header.
 */
export const checkOwnPage: AccessCheck = ({ headers, method }) => {
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || OWN_SITES.has(String(site));
  if (!isOwn || (!SAFE_METHODS.has(method) && headers[OWN_PAGE_HEADER] === undefined)) {
    throw new ApiError(403, `Only the viewer's own page may ask so, with ${OWN_PAGE_HEADER}.`);
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
