/** Fields that hold 64 bit integers, in both of their spellings. */
const NAMES = [
  "startTimeUnixNano|endTimeUnixNano|timeUnixNano|observedTimeUnixNano|intValue",
  "start_time_unix_nano|end_time_unix_nano|time_unix_nano|observed_time_unix_nano|int_value",
].join("|");

// A quote inside of a text has a backslash before it, so this finds nothing inside of texts.
const LONG = new RegExp(`(?<!\\\\)"(${NAMES})"\\s{0,9}:\\s{0,9}(-?\\d{16,20})(?=[\\s,}])`, "g");

/**
 * OTLP/JSON's text with its long integers put between quotes: where they are written as numbers,
 * `JSON.parse` would round the nanoseconds of a time of today.
 */
export function quoteLongIntegers(json: string): string {
  return json.replace(LONG, '"$1":"$2"');
}
