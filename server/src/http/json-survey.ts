const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACKET = 0x5d;
const CLOSING_BRACE = 0x7d;
const COMMA = 0x2c;

/** What an object or a list takes in memory, and each value in it, beside the text itself. */
const CONTAINER_BYTES = 64;
const VALUE_BYTES = 16;

/** What JSON is like before it is parsed; of what is no JSON, anything. */
export interface JsonSurvey {
  readonly isTooDeep: boolean;
  /** About what it takes in memory once it is parsed, beside its text: `[[],[],...` takes much. */
  readonly parsedBytes: number;
}

/** Reads JSON's bytes once, and not further than where it nests deeper than `maxDepth`. */
export function surveyJson(json: Buffer, maxDepth: number): JsonSurvey {
  let depth = 0;
  let parsedBytes = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] as number;
    if (byte === QUOTE) {
      at = stringEnd(json, at);
    } else if (byte === COMMA) {
      parsedBytes += VALUE_BYTES;
    } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
      parsedBytes += CONTAINER_BYTES;
      depth += 1;
      if (depth > maxDepth) return { isTooDeep: true, parsedBytes };
    } else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
      depth -= 1;
    }
  }
  return { isTooDeep: false, parsedBytes };
}

/** The place of the quote that closes the string opened at `start`. */
function stringEnd(json: Buffer, start: number): number {
  let end = json.indexOf(QUOTE, start + 1);
  while (isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
