import type { Nullable } from "./wire.ts";

/** Date.parse alone finds a date in almost any text with a number in it. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Gives an ISO 8601 time as milliseconds since 1970, microseconds kept as the fraction; undefined
 * when it is not a time. A time without a zone is UTC, as the Log API has it.
 */
export function parseTime(text: Nullable<string>): number | undefined {
  const match = typeof text === "string" ? ISO_TIME.exec(text) : null;
  if (match === null) return undefined;
  const [iso, zone] = match;
  const millis = Date.parse(zone !== undefined || !iso.includes("T") ? iso : `${iso}Z`);
  if (Number.isNaN(millis)) return undefined;
  const belowMillis = /\.\d{3}(\d+)/.exec(iso)?.[1];
  return belowMillis === undefined ? millis : millis + Number(`0.${belowMillis}`);
}

/** Gives the time between a start and an end, in milliseconds; below 0 when the clocks disagree. */
export function durationMillis(times: {
  readonly startMillis: number | undefined;
  readonly endMillis: number | undefined;
}): number | undefined {
  if (times.startMillis === undefined || times.endMillis === undefined) return undefined;
  return times.endMillis - times.startMillis;
}
