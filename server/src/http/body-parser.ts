import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError, invalidField } from "../domain/api-error.ts";
import { isDeeperThan } from "./json-depth.ts";
import type { ServerLimits } from "./limits.ts";

const gunzipAsync = promisify(gunzip);

/**
 * Takes every body as JSON, whatever its Content-Type says (clients send it as text), plain or
 * compressed with gzip. No body at all is `undefined`.
 *
 * Errors: 413 past `bodyBytes`, counted after unpacking; 415 for another encoding; 422 for what
 * is no JSON or nests deeper than `jsonDepth`.
 */
export function takeJsonBodies(
  server: FastifyInstance,
  { bodyBytes, jsonDepth }: ServerLimits,
): void {
  server.addHook("onRequest", async (request) => {
    // A header that is no media type at all would be refused before any parser sees it.
    if (request.headers["content-type"] !== undefined) {
      request.headers["content-type"] = "application/json";
    }
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: bodyBytes },
    async (request: FastifyRequest, body: Buffer) => {
      const plain = await unpack(
        body,
        request.headers["content-encoding"]?.toLowerCase(),
        bodyBytes,
      );
      return plain.length === 0 ? undefined : parseJson(plain, jsonDepth);
    },
  );
}

async function unpack(
  body: Buffer,
  encoding: string | undefined,
  limitBytes: number,
): Promise<Buffer> {
  if (encoding === undefined || encoding === "identity") return body;
  if (encoding !== "gzip" && encoding !== "x-gzip") {
    throw new ApiError(415, "Content-Encoding: expected gzip or identity, got another.");
  }
  try {
    return await gunzipAsync(body, { maxOutputLength: limitBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      throw new ApiError(413, `Request body is too large: it unpacks to over ${limitBytes} bytes.`);
    }
    throw invalidField(["body"], "Body is not valid gzip", "gzip_invalid");
  }
}

function parseJson(bytes: Buffer, maxDepth: number): unknown {
  // Before parsing, which for millions of levels takes seconds.
  if (isDeeperThan(bytes, maxDepth)) {
    throw invalidField(["body"], `Body nests deeper than ${maxDepth} levels`, "json_too_deep");
  }
  // Decoding would put a replacement for each wrong byte, and so store what nobody sent.
  if (!isUtf8(bytes)) throw invalidField(["body"], "Body is not valid UTF-8", "json_invalid");
  const text = bytes.toString("utf8");
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    throw invalidField(["body"], "Body is not valid JSON", "json_invalid");
  }
}
