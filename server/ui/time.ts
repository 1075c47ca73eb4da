import type { Nullable } from "./wire.ts";

/**
 * Gives an ISO 8601 time as milliseconds since 1970, microseconds kept as the fraction; undefined
 * when it is not a time. A time without a zone is UTC, as the Log API has it.
 */
export function parseTime(text: Nullable<string>): number | undefined {
  if (typeof text !== "string") return undefined;
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(text);
  const millis = Date.parse(hasZone || !text.includes("T") ? text : `${text}Z`);
  if (Number.isNaN(millis)) return undefined;
  const belowMillis = /\.\d{3}(\d+)/.exec(text)?.[1];
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
