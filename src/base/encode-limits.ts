import { isInstance } from "./data-property.ts";
import type { JsonText } from "./json-text.ts";
import { MASKED, type MaskText, maskSecrets } from "./mask.ts";
import { sharedState } from "./shared-state.ts";

/** What the encoder has to keep to. */
export interface EncodeLimits {
  /** The most that one field's JSON text may take, in bytes of UTF-8. */
  readonly maxFieldBytes: number;
  readonly mask: MaskText | undefined;
  /** Characters that a text over the cap had besides: nobody kept them. Default 0. */
  readonly lostLength?: number;
}

/** One field's text. */
export interface EncodedField {
  readonly text: JsonText;
  /** The field's full size in bytes, about, when it was cut. */
  readonly fullBytes?: number;
}

/** In characters: a private key is the longest. What is cut is looked at so much further. */
export const LONGEST_SECRET = 16_384;

/** Deeper than this, a marker stands for the rest. */
export const MAX_DEPTH = 100;

/** What stands for a field whose mask failed. */
export const MASKED_FIELD: JsonText = JSON.stringify(MASKED) as JsonText;

/** A mask threw or gave no string: the whole field is masked. */
export class MaskFailed extends Error {}

/**
 * A string through the default masks, then the user's.
 *
 * @throws MaskFailed when the user's mask throws, gives no string, or is itself being asked.
 */
export function maskString(text: string, path: string, mask: MaskText | undefined): string {
  const masked = maskSecrets(text);
  if (mask === undefined) return masked;
  const state = sharedState();
  let kept: unknown;
  // A mask that calls something traced would be asked again, for ever, about that call's content.
  if (!state.masking) {
    state.masking = true;
    try {
      kept = mask(masked, path);
      // No text, and its failure must not end the process.
      if (isInstance(kept, Promise)) kept.catch(() => {});
    } catch {
      // As good as no string.
    } finally {
      state.masking = false;
    }
  }
  if (typeof kept !== "string") throw new MaskFailed();
  return kept;
}

/** True when the text is within the cap. UTF-8 takes at most three bytes a code unit. */
export function fitsBytes(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || utf8Bytes(text) <= maxBytes;
}

/** Size of a text in UTF-8, in bytes. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    // Each half of a surrogate pair counts two: four bytes together.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}
