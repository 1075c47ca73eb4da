import type { JsonText } from "../base/json-text.ts";
import type { HrTime } from "../base/span-view.ts";

const NANOS_PER_SECOND = 1_000_000_000;
const MICROS_PER_SECOND = 1_000_000;
/** `2026-11-21T22:40:01.123Z` */
const ISO_LENGTH = 24;
const NULL = "null" as JsonText;

/**
 * The JSON text of a time in UTC with microseconds: `"2026-11-21T22:40:01.123456Z"`. What is below
 * a microsecond is cut off, never rounded. `null` for what is no time.
 */
export function timeText(time: HrTime): JsonText {
  const date = new Date(time[0] * 1000);
  const micros = Math.floor(time[1] / 1000);
  if (Number.isNaN(date.getTime()) || !(micros >= 0 && micros < MICROS_PER_SECOND)) return NULL;
  const text = date.toISOString();
  // A year of more than four digits is none that a server knows.
  if (text.length !== ISO_LENGTH) return NULL;
  return `"${text.slice(0, 19)}.${String(micros).padStart(6, "0")}Z"` as JsonText;
}

/**
 * The JSON text of a duration in seconds, to the nanosecond: `1.25`. Never negative. `null` for
 * what is no duration.
 */
export function secondsText(start: HrTime, end: HrTime): JsonText {
  const nanos = (end[0] - start[0]) * NANOS_PER_SECOND + (end[1] - start[1]);
  if (!Number.isFinite(nanos)) return NULL;
  // Seconds apart from nanoseconds: a division would bring digits that nobody measured.
  const whole = Math.max(0, Math.round(nanos));
  const fraction = String(whole % NANOS_PER_SECOND)
    .padStart(9, "0")
    .replace(/0+$/, "");
  const seconds = Math.floor(whole / NANOS_PER_SECOND);
  return (fraction === "" ? `${seconds}` : `${seconds}.${fraction}`) as JsonText;
}
