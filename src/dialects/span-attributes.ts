import { asNumber, asTexts } from "./attribute-values.ts";

/**
 * A span's attributes, read by type. Each way of reading takes names in the order of preference: the first that holds
 * something of the type wins. What holds something else is named in `unreadable`.
 */
export class SpanAttributes {
  readonly all: Readonly<Record<string, unknown>>;
  readonly #unreadable = new Set<string>();

  constructor(attributes: Readonly<Record<string, unknown>>) {
    this.all = attributes;
  }

  /** Attributes that could not be read so far; `undefined` for none. */
  get unreadable(): readonly string[] | undefined {
    return this.#unreadable.size > 0 ? [...this.#unreadable] : undefined;
  }

  has(...names: readonly string[]): boolean {
    return names.some((name) => isGiven(this.all[name]));
  }

  /** A string that says something. */
  text(...names: readonly string[]): string | undefined {
    return this.#first(names, (value) => (typeof value === "string" ? value : undefined));
  }

  /** Numbers that came as text count. */
  number(...names: readonly string[]): number | undefined {
    return this.#first(names, asNumber);
  }

  /** `true`, `false`, and both as text. */
  boolean(...names: readonly string[]): boolean | undefined {
    return this.#first(names, (value) =>
      value === true || value === "true"
        ? true
        : value === false || value === "false"
          ? false
          : undefined,
    );
  }

  /** A list of strings; a lone string is a list of one, JSON text of a list is that list. */
  texts(...names: readonly string[]): readonly string[] | undefined {
    return this.#first(names, (value) => {
      const isJson = typeof value === "string" && value.startsWith("[");
      const list = asTexts(isJson ? parseJson(value) : value);
      return list.length > 0 ? list : undefined;
    });
  }

  /**
   * Any value; JSON text is parsed. Broken or cut JSON stays the text that it is, and is named; text that never was
   * JSON stays and is not.
   */
  json(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.all[name];
      if (!isGiven(value)) continue;
      if (typeof value !== "string" || !OPENS_JSON.test(value)) return value;
      const parsed = parseJson(value);
      if (parsed !== undefined) return parsed;
      if (BEGINS_JSON.test(value)) this.note(name);
      return value;
    }
    return undefined;
  }

  /** Says that an attribute held what could not be read. */
  note(name: string): void {
    this.#unreadable.add(name);
  }

  #first<T>(names: readonly string[], read: (value: unknown) => T | undefined): T | undefined {
    for (const name of names) {
      const value = this.all[name];
      if (!isGiven(value) || (Array.isArray(value) && value.length === 0)) continue;
      const found = read(value);
      if (found !== undefined) return found;
      this.note(name);
    }
    return undefined;
  }
}

/** Numbers stay the text that they came as. */
const OPENS_JSON = /^\s*["[{]/;

/** No prose begins like this. */
const BEGINS_JSON = /^\s*(?:\[\s*["[{\]]|\{\s*["}])/;

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
