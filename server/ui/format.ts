/** What stands where a number is not known. */
const UNKNOWN = "–";

/** Gives a duration in milliseconds for a reader: `0.42 ms`, `342 ms`, `1.24 s`, `2 m 05 s`, `1 h 02 m`. */
export function formatDuration(millis: number | undefined): string {
  if (millis === undefined) return UNKNOWN;
  if (millis < 0) return `-${formatDuration(-millis)}`;
  if (millis === 0) return "0 ms";
  if (millis < 10) return `${trim(millis, 2)} ms`;
  if (millis < 999.5) return `${Math.round(millis)} ms`;
  if (millis < 59_995) return `${trim(millis / 1000, 2)} s`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
}

/** Gives a count with its thousands apart: `1,234`. */
export function formatCount(count: number | undefined): string {
  return count === undefined ? UNKNOWN : count.toLocaleString("en-GB");
}

/** Gives tokens in and out: `1,204 → 310`; unknown when neither is known. */
export function formatTokens(prompt: number | undefined, output: number | undefined): string {
  if (prompt === undefined && output === undefined) return UNKNOWN;
  return `${formatCount(prompt)} → ${formatCount(output)}`;
}

/** Gives dollars with as many places as a small cost needs: `$1.25`, `$0.0123`, `$0.000042`. */
export function formatCost(dollars: number | undefined): string {
  if (dollars === undefined) return UNKNOWN;
  if (dollars === 0) return "$0";
  if (dollars < 0.000_001) return "< $0.000001";
  if (dollars >= 1) return `$${dollars.toFixed(2)}`;
  const places = Math.min(6, 2 - Math.floor(Math.log10(dollars)));
  return `$${Number(dollars.toFixed(places))}`;
}

/** Gives how long ago something was: `now`, `12 s ago`, `3 min ago`, `5 h ago`, `2 days ago`. */
export function formatAgo(millis: number | undefined, nowMillis: number): string {
  if (millis === undefined) return UNKNOWN;
  const seconds = Math.floor((nowMillis - millis) / 1000);
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}

/** Gives a moment in the reader's own time zone: `21 Nov 2024, 14:03:22.187`. */
export function formatMoment(millis: number | undefined, timeZone?: string): string {
  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  return formatDate(millis, { ...day, ...TIME_OF_DAY, timeZone });
}

/** Gives a moment without its day, where the day is shown elsewhere: `14:03:22.187`. */
export function formatTimeOfDay(millis: number | undefined, timeZone?: string): string {
  return formatDate(millis, { ...TIME_OF_DAY, timeZone });
}

/** Gives `1 log`, `2 logs`. */
export function formatPlural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? "" : "s"}`;
}

const TIME_OF_DAY = {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
} as const;

function formatDate(millis: number | undefined, format: Intl.DateTimeFormatOptions): string {
  return millis === undefined ? UNKNOWN : new Date(millis).toLocaleString("en-GB", format);
}

function trim(value: number, places: number): string {
  return String(Number(value.toFixed(places)));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
