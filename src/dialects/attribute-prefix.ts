import { asStructure } from "./attribute-values.ts";

/**
 * The attributes under a prefix, by what follows it; `undefined` when there are none.
 *
 * Text that is JSON of a list or an object is parsed, for writers put whatever they were given there.
 */
export function underPrefix(
  attributes: Readonly<Record<string, unknown>>,
  prefix: string,
): Readonly<Record<string, unknown>> | undefined {
  const found = Object.entries(attributes).filter(
    ([name, value]) => name.length > prefix.length && name.startsWith(prefix) && value != null,
  );
  if (found.length === 0) return undefined;
  return Object.fromEntries(
    found.map(([name, value]) => [
      name.slice(prefix.length),
      typeof value === "string" && /^\s*[[{"]/.test(value) ? asStructure(value) : value,
    ]),
  );
}

/** The fields that have a value, but for those of the given names; `undefined` when nothing is left. */
export function without(
  fields: Readonly<Record<string, unknown>> | undefined,
  names?: ReadonlySet<string>,
): Readonly<Record<string, unknown>> | undefined {
  const kept = Object.entries(fields ?? {}).filter(
    ([name, value]) => value !== undefined && !names?.has(name),
  );
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
