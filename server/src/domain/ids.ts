import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 21;

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
  return prefix + randomLetters(ID_LENGTH);
}

/** Letters and digits that nobody can guess; each is worth nearly 6 random bits. */
export function randomLetters(length: number): string {
  let letters = "";
  while (letters.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < FIRST_UNEVEN_BYTE && letters.length < length) {
        letters += ALPHABET[byte % ALPHABET.length];
      }
    }
  }
  return letters;
}
