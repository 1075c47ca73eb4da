/** Shorter lists of numbers are data of another kind. */
const MIN_DIMENSIONS = 16;

/**
 * A value with `[vector 1536]` in the place of every vector in it: vectors are long, and of no use
 * in a log.
 */
export function withoutVectors(value: unknown): unknown {
  if (Array.isArray(value)) {
    return isVector(value) ? vectorSize(value) : value.map(withoutVectors);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withoutVectors(inner)]),
  );
}

/** What stands for a vector. One that came as text is counted by its commas. */
export function vectorSize(vector: unknown): string {
  const dimensions = Array.isArray(vector) ? vector.length : String(vector).split(",").length;
  return `[vector ${dimensions}]`;
}

function isVector(list: readonly unknown[]): boolean {
  return list.length >= MIN_DIMENSIONS && list.every((entry) => typeof entry === "number");
}
