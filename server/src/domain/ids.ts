import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BODY_LENGTH = 21;

// Bytes from here on would make the first letters of the alphabet likelier than the others.
const FIRST_UNEVEN_BYTE = 256 - (256 % ALPHABET.length);

/** The prefixes of the ids of a kind of file and of its versions, as clients know them. */
export const ID_PREFIXES = {
  prompt: { file: "pr_", version: "prv_" },
  flow: { file: "fl_", version: "flv_" },
  tool: { file: "tl_", version: "tv_" },
} as const;

/** A new id: the prefix and 21 letters and digits, about 125 random bits. */
export function newId(prefix: string): string {
  let body = "";
  while (body.length < BODY_LENGTH) {
    for (const byte of randomBytes(BODY_LENGTH)) {
      if (byte < FIRST_UNEVEN_BYTE && body.length < BODY_LENGTH) {
        body += ALPHABET[byte % ALPHABET.length];
      }
    }
  }
  return prefix + body;
}
