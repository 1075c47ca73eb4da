/** A text's beginning, and whether there is more. */
export interface CutText {
  readonly text: string;
  readonly isCut: boolean;
}

/**
 * Gives the first lines and characters of a text, so that a very long one costs the page nothing
 * until it is asked for. Never cuts a character (a surrogate pair) in two.
 */
export function cutText(text: string, maxCharacters = 2000, maxLines = 40): CutText {
  let end = Math.min(text.length, maxCharacters);
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) {
    if (lines === maxLines) end = at;
    lines += 1;
  }
  if (end === text.length) return { text, isCut: false };
  if (isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
  return { text: text.slice(0, end), isCut: true };
}

/** Gives a text for one line of the page: at most `maxCharacters`, an ellipsis where it was cut. */
export function shortLabel(text: string, maxCharacters = 200): string {
  const { text: shown, isCut } = cutText(text, maxCharacters, 1);
  return isCut ? `${shown}…` : shown;
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}
