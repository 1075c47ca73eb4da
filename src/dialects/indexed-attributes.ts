type Fields = Readonly<Record<string, unknown>>;

/**
 * A list that is written into attributes with a number in their names, in the order of the
 * numbers: of `llm.tools` the attributes `llm.tools.0.name` and `llm.tools.0.kind` make one entry
 * `{ name, kind }`. An attribute that is the number alone is the entry `{ "": value }`.
 *
 * Names that are no number are left out, and a huge number costs no more than a small one.
 */
export function indexedEntries(attributes: Fields, prefix: string): readonly Fields[] {
  const start = `${prefix}.`;
  const entries = new Map<number, Record<string, unknown>>();
  for (const name in attributes) {
    if (!name.startsWith(start)) continue;
    const [, index, rest = ""] = /^(\d{1,15})(?:\.(.*))?$/s.exec(name.slice(start.length)) ?? [];
    if (index === undefined) continue;
    const number = Number(index);
    // Without a prototype: a key may be `__proto__`.
    const entry = entries.get(number) ?? Object.create(null);
    entry[rest] = attributes[name];
    entries.set(number, entry);
  }
  return [...entries].sort(([left], [right]) => left - right).map(([, entry]) => entry);
}

/** Deeper than this, an object stays one value. */
const MAX_FLAT_DEPTH = 8;

/** An object as it would stand in attributes: nested fields and lists under dotted names. */
export function flatten(value: unknown): Fields {
  const flat: Record<string, unknown> = Object.create(null);
  addFlat(flat, "", value, 0);
  return flat;
}

function addFlat(flat: Record<string, unknown>, name: string, value: unknown, depth: number): void {
  if (typeof value !== "object" || value === null || depth > MAX_FLAT_DEPTH) {
    flat[name] = value;
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    addFlat(flat, name === "" ? key : `${name}.${key}`, inner, depth + 1);
  }
}
