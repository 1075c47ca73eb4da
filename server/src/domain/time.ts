const ISO_TIME =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

const MICROS_PER_MILLI = 1_000;

// Clients write and read years of four digits.
const FIRST_MILLIS = Date.parse("0001-01-01T00:00:00.000Z");
const LAST_MILLIS = Date.parse("9999-12-31T23:59:59.999Z");

/**
 * Reads a date in microseconds since 1970, `undefined` where it is none. Takes a date with or
 * without a time; without a zone it is UTC. Finer fractions are cut off, and before 1684 and after
 * 2255, where numbers hold no single microseconds, whatever is finer than a millisecond.
 */
export function parseTime(text: string): number | undefined {
  const match = ISO_TIME.exec(text);
  if (match === null) return undefined;
  const [, day, minutes = "00:00", seconds = "00", fraction = "", zone = "Z"] = match;
  const millis = Date.parse(`${day}T${minutes}:${seconds}.000${isoZone(zone)}`);
  if (Number.isNaN(millis) || !isCalendarDay(day as string)) return undefined;
  const fractionMicros = Number(fraction.slice(0, 6).padEnd(6, "0"));
  const micros = millis * MICROS_PER_MILLI + fractionMicros;
  const wholeMillis = millis + Math.floor(fractionMicros / MICROS_PER_MILLI);
  if (wholeMillis < FIRST_MILLIS || wholeMillis > LAST_MILLIS) return undefined;
  return Number.isSafeInteger(micros) ? micros : wholeMillis * MICROS_PER_MILLI;
}

/** A time as ISO 8601 in UTC, with microseconds only where there are any. */
export function formatTime(micros: number): string {
  const isExact = Number.isSafeInteger(micros);
  const millis = isExact
    ? Math.floor(micros / MICROS_PER_MILLI)
    : Math.round(micros / MICROS_PER_MILLI);
  const rest = isExact ? micros - millis * MICROS_PER_MILLI : 0;
  const text = new Date(millis).toISOString();
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

/** JavaScript reads February 30 as March 1. */
function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function isoZone(zone: string): string {
  if (zone === "Z" || zone === "z") return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
