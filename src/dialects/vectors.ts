/** Shorter lists of numbers are data of another kind. */
const MIN_DIMENSIONS = 16;

/** No answer has its vectors deeper; what is deeper stays as it is. */
const MAX_DEPTH = 20;

/**
 * A value with `[vector 1536]` in the place of every vector in it: vectors are long, and of no use
 * in a log.
 */
export function withoutVectors(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return value;
  const inner = (part: unknown): unknown => withoutVectors(part, depth + 1);
  if (Array.isArray(value)) return isVector(value) ? vectorSize(value) : value.map(inner);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inner(part)]));
}

/** What stands for a vector. One that came as text is counted by its commas. */
export function vectorSize(vector: unknown): string {
  const dimensions = Array.isArray(vector) ? vector.length : String(vector).split(",").length;
  return `[vector ${dimensions}]`;
}

function isVector(list: readonly unknown[]): boolean {
  return list.length >= MIN_DIMENSIONS && list.every((entry) => typeof entry === "number");
}
