import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError, invalidField } from "../domain/api-error.ts";
import { type BodyClaim, createBodyClaims } from "./body-claims.ts";
import { surveyJson } from "./json-survey.ts";
import type { ServerLimits } from "./limits.ts";

/** What makes a route's body of its bytes, unpacked; there is at least one. */
export type ReadBody = (bytes: Buffer, request: FastifyRequest, claim: BodyClaim) => unknown;

declare module "fastify" {
  interface FastifyRequest {
    /** The Content-Type that was sent. The header itself says JSON by then. */
    sentType: string | undefined;
  }
  interface FastifyContextConfig {
    /** Default: JSON, whatever its Content-Type says. */
    readonly readBody?: ReadBody;
  }
}

/**
 * Takes every body as JSON, whatever its Content-Type says (clients send it as text), but where its
 * route reads it otherwise, plain or compressed with gzip or deflate. No body at all is `undefined`, and so is
 * one for a path that nothing is at: it is not read.
 *
 * Errors: 413 past `bodyBytes` or the route's own limit, counted after unpacking; 415 for another
 * encoding; 422 for what is no JSON or nests deeper than `jsonDepth`; 503 past `inflightBytes`.
 */
export function takeJsonBodies(
  server: FastifyInstance,
  { jsonDepth, inflightBytes }: ServerLimits,
): void {
  server.decorateRequest("sentType", undefined);
  server.addHook("onRequest", async (request) => {
    request.sentType = request.headers["content-type"];
    // A header that is no media type at all would be refused before any parser sees it.
    if (request.headers["content-type"] !== undefined) {
      request.headers["content-type"] = "application/json";
    }
  });
  const claimFor = createBodyClaims(server, inflightBytes);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", async (request: FastifyRequest, sent: Readable) => {
    if (request.is404) return undefined;
    const claim = claimFor(request);
    const limitBytes = request.routeOptions.bodyLimit;
    const announcedBytes = Number(request.headers["content-length"] ?? 0);
    if (announcedBytes > limitBytes) throw tooLarge(limitBytes);
    claim.expect(announcedBytes);

    const encoding = request.headers["content-encoding"]?.toLowerCase();
    const body = await readBytes(sent, limitBytes, claim).catch(toEndedEarly);
    const plain = await unpack(body, encoding, limitBytes, claim);
    if (plain.length === 0) return undefined;
    const { readBody } = request.routeOptions.config;
    if (readBody !== undefined) return readBody(plain, request, claim);
    return parseJson(plain, jsonDepth, claim);
  });
}

/** Reads to the end. Stops at the limit, and leaves the rest to whoever answers. */
async function readBytes(source: Readable, limitBytes: number, claim: BodyClaim): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length;
    if (bytes > limitBytes) throw tooLarge(limitBytes);
    claim.take((chunk as Buffer).length);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, bytes);
}

async function unpack(
  body: Buffer,
  encoding: string | undefined,
  limitBytes: number,
  claim: BodyClaim,
): Promise<Buffer> {
  if (encoding === undefined || encoding === "identity") return body;
  const isGzip = encoding === "gzip" || encoding === "x-gzip";
  if (!isGzip && encoding !== "deflate") {
    throw new ApiError(415, "Content-Encoding: expected gzip, deflate or identity, got another.");
  }
  const unpacking = isGzip ? createGunzip() : createInflate();
  unpacking.end(body);
  try {
    return await readBytes(unpacking, limitBytes, claim);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const format = isGzip ? "gzip" : "deflate";
    throw invalidField(["body"], `Body is not valid ${format}`, `${format}_invalid`);
  } finally {
    unpacking.destroy();
  }
}

/** A client that goes away while it sends is no fault of the server's. */
function toEndedEarly(error: unknown): never {
  if (error instanceof ApiError) throw error;
  throw new ApiError(400, "Request body ended before its length.");
}

function tooLarge(limitBytes: number): ApiError {
  return new ApiError(413, `Request body is too large: at most ${limitBytes} bytes, unpacked.`);
}

/**
 * Parses a body's JSON.
 *
 * Errors: 422 for what is no JSON or nests deeper than `maxDepth`, 503 past `inflightBytes`.
 *
 * @param prepare changes the text before it is parsed.
 */
export function parseJson(
  bytes: Buffer,
  maxDepth: number,
  claim: BodyClaim,
  prepare: (json: string) => string = (json) => json,
): unknown {
  // Before parsing, which for millions of levels takes seconds.
  const { isTooDeep, parsedBytes } = surveyJson(bytes, maxDepth);
  if (isTooDeep) {
    throw invalidField(["body"], `Body nests deeper than ${maxDepth} levels`, "json_too_deep");
  }
  // Decoding would put a replacement for each wrong byte, and so store what nobody sent.
  if (!isUtf8(bytes)) throw invalidField(["body"], "Body is not valid UTF-8", "json_invalid");
  claim.take(parsedBytes);
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(prepare(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text));
  } catch {
    throw invalidField(["body"], "Body is not valid JSON", "json_invalid");
  }
}
