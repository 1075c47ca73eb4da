import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";

/** Longer answers are cut off, packed or unpacked. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

type Headers = Readonly<Record<string, string | string[] | undefined>>;
type Decode = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** An answer's body, or why there is none. Text stays text where it is no JSON. */
export type AnswerBody =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "empty"; readonly value: undefined }
  | { readonly kind: "too-large"; readonly value: undefined }
  | { readonly kind: "unreadable"; readonly value: undefined };

/**
 * Reads an answer's body to its end, or to 8 MiB, whatever its content type says. What was asked
 * for unpacked may come packed: gzip, deflate and brotli are unpacked, under the same bound.
 *
 * @throws what the stream throws, for a body that breaks off.
 */
export async function readAnswer(
  body: AsyncIterable<Buffer>,
  headers: Headers,
): Promise<AnswerBody> {
  const packed = await readBounded(body);
  if (packed === undefined) return { kind: "too-large", value: undefined };
  if (packed.length === 0) return { kind: "empty", value: undefined };
  let plain = packed;
  for (const coding of codingsOf(headers)) {
    const decode = DECODERS[coding];
    if (!decode) return { kind: "unreadable", value: undefined };
    try {
      plain = await decode(plain, { maxOutputLength: MAX_ANSWER_BYTES });
    } catch (error) {
      const isBomb = error instanceof RangeError;
      return { kind: isBomb ? "too-large" : "unreadable", value: undefined };
    }
  }
  const text = plain.toString("utf8").replace(/^\uFEFF/, "");
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch {
    return { kind: "text", value: text };
  }
}

/** `undefined` where there is more: leaving the loop destroys the body, and its connection. */
async function readBounded(body: AsyncIterable<Buffer>): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The content codings, in the order to undo them. */
function codingsOf(headers: Headers): readonly string[] {
  const listed = String(headers["content-encoding"] ?? "").toLowerCase();
  return listed
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "identity")
    .reverse();
}
