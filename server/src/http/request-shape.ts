import type { FastifyReply, FastifyRequest } from "fastify";
import { ApiError } from "../domain/api-error.ts";

/**
 * Refuses requests that another server on the way may have read otherwise than this one, and ends
 * their connection: what was checked there would not be what is done here.
 *
 * Errors: 400 for no Host header or several, a target of another host than the Host header names, or
 * a body in another transfer coding than chunked; 414 for a URL of more than `urlBytes`.
 */
export function checkRequestShape(
  { raw }: FastifyRequest,
  reply: FastifyReply,
  urlBytes: number,
): void {
  const { url = "/", rawHeaders, headers, httpVersion } = raw;
  const refuse = (status: number, detail: string): ApiError => {
    reply.header("connection", "close");
    return new ApiError(status, detail);
  };
  if (url.length > urlBytes) {
    throw refuse(414, `URL is too long: at most ${urlBytes} bytes are taken.`);
  }
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  const hosts = names.filter((name) => name.toLowerCase() === "host").length;
  // Of several, Node takes the first and says nothing of the others. HTTP/1.0 needs none.
  if (hosts > 1 || (hosts === 0 && httpVersion !== "1.0")) {
    throw refuse(400, `Host: expected one header, got ${hosts}.`);
  }
  if (!isPath(url) && !isOnHost(url, headers.host)) {
    throw refuse(400, "Request target: expected a path, or a URL on the host in Host.");
  }
  // Node undoes chunked and leaves what was coded before that as it is.
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw refuse(400, "Transfer-Encoding: expected chunked alone.");
  }
}

/** `*` is the target of an OPTIONS request that asks about the whole server. */
function isPath(target: string): boolean {
  return target.startsWith("/") || target === "*";
}

/** Of a whole URL, the router takes the path and leaves the rest unread. */
function isOnHost(target: string, host: string | undefined): boolean {
  const authority = /^https?:\/\/([^/?#]*)/i.exec(target)?.[1];
  return authority !== undefined && authority.toLowerCase() === host?.toLowerCase();
}
