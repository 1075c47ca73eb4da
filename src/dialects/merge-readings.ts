import type { DialectReading } from "./dialect-reading.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What one dialect says of content belongs together: the first that says any of it says it all. */
const CONTENT = [
  ["messages", "inputs"],
  ["outputMessage", "output"],
] as const;

/** Fields that mean something only for the kind that their dialect took the span for. */
const OF_KIND = ["inference", "name", "operation", "tool"] as const;

/**
 * One reading of several dialects', field by field: the first that says something is believed.
 *
 * - The kind is the first dialect's that gives one; what another says of another kind's name or tool is left out.
 * - Messages go before plain inputs, and an output message before a plain output, whoever says them.
 * - `kernel` and `metadata` are merged key by key, `unreadable` is everybody's.
 */
export function mergeReadings(readings: readonly DialectReading[]): DialectReading {
  const [only, second] = readings;
  if (only !== undefined && second === undefined) return only;
  const kind = readings.find((reading) => reading.kind !== undefined)?.kind;
  const merged: Record<string, unknown> = {};
  for (const reading of readings) {
    const isOther = reading.kind !== undefined && reading.kind !== kind;
    for (const name in reading) {
      if (isOther && OF_KIND.some((field) => field === name)) continue;
      merged[name] ??= reading[name as keyof DialectReading];
    }
  }
  for (const [best, plain] of CONTENT) {
    const teller =
      readings.find((reading) => reading[best] !== undefined) ??
      readings.find((reading) => reading[plain] !== undefined);
    merged[best] = teller?.[best];
    merged[plain] = teller?.[plain];
  }
  const unreadable = readings.flatMap((reading) => reading.unreadable ?? []);
  return {
    ...merged,
    kind,
    kernel: mergeKernels(readings),
    metadata: mergeKeys(readings.map((reading) => reading.metadata)),
    usageParts: mergeKeys(readings.map((reading) => reading.usageParts)),
    unreadable: unreadable.length > 0 ? [...new Set(unreadable)] : undefined,
  };
}

function mergeKernels(readings: readonly DialectReading[]): Fields | undefined {
  const kernels = readings
    .map((reading) => reading.kernel)
    .filter((kernel) => kernel !== undefined);
  const merged = mergeKeys(kernels);
  if (merged === undefined || kernels.length < 2) return merged;
  const inner = (name: string): Fields | undefined =>
    mergeKeys(kernels.map((kernel) => kernel[name] as Fields | undefined));
  return { ...merged, other: inner("other"), attributes: inner("attributes") };
}

/** Objects as one, the first one's keys before the others'; `undefined` when there are none. */
function mergeKeys<T>(
  objects: readonly (Readonly<Record<string, T>> | undefined)[],
): Readonly<Record<string, T>> | undefined {
  const given = objects.filter((object) => object !== undefined);
  if (given.length === 0) return undefined;
  const merged = new Map<string, T>();
  for (const object of given) {
    for (const [name, value] of Object.entries(object)) {
      if (value !== undefined && !merged.has(name)) merged.set(name, value);
    }
  }
  // Through a map, so that a key named `__proto__` is one like any other.
  return Object.fromEntries(merged);
}
