import { encodeJson } from "../base/encode.ts";

/** A string as it is; anything else as its JSON text. Never throws, however deep the value is. */
export function jsonText(value: unknown): string {
  return typeof value === "string" ? value : encodeJson(value, "", UNCUT).text;
}

/** The field that it goes to is cut and masked as a whole. */
const UNCUT = { maxFieldBytes: Number.MAX_SAFE_INTEGER, mask: undefined };
