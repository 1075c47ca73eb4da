import type { FlowspanOptions } from "./flowspan-options.ts";

type Name = keyof FlowspanOptions;

/** A value and where it came from: an option's name, or a variable's. */
interface Given<Value> {
  readonly name: string;
  readonly value: Value | undefined;
}

/** Reads options one by one; each method throws what `resolveOptions` promises. */
export class OptionReader {
  readonly #where: string;
  readonly #user: FlowspanOptions;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  constructor(
    where: string,
    user: FlowspanOptions,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.#where = where;
    this.#user = user;
    this.#environment = environment;
  }

  /** The option, or else the variable unless it is empty. */
  given(name: Name, variable: string): Given<unknown> {
    const value: unknown = this.#user[name];
    if (value !== undefined) return { name, value };
    return { name: variable, value: this.#environment[variable] || undefined };
  }

  text(name: Name, variable: string): Given<string> {
    const { name: source, value } = this.given(name, variable);
    if (value === undefined || (typeof value === "string" && value !== "")) {
      return { name: source, value };
    }
    throw this.#wrong(source, "text", value);
  }

  choice<Choice extends string>(
    name: Name,
    variable: string,
    choices: readonly Choice[],
  ): Choice | undefined {
    const { name: source, value } = this.given(name, variable);
    if (value === undefined) return undefined;
    const choice = choices.find((one) => one === value);
    if (choice !== undefined) return choice;
    throw this.#wrong(source, `one of ${choices.map((one) => `"${one}"`).join(", ")}`, value);
  }

  flag(name: Name, otherwise: boolean): boolean {
    const value: unknown = this.#user[name] ?? otherwise;
    if (typeof value === "boolean") return value;
    throw this.#wrong(name, "true or false", value);
  }

  callback(name: Name): unknown {
    const value: unknown = this.#user[name];
    if (value === undefined || typeof value === "function") return value;
    throw this.#wrong(name, "a function", value);
  }

  number(name: Name, otherwise: number, min: number, max: number): number {
    const value: unknown = this.#user[name] ?? otherwise;
    if (typeof value !== "number") throw this.#wrong(name, "a number of milliseconds", value);
    if (value >= min && value <= max) return value;
    throw this.#outOfRange(name, `a number from ${min} to ${max}`, value);
  }

  bytes(name: Name, otherwise: number, min: number): number {
    const value: unknown = this.#user[name] ?? otherwise;
    if (typeof value !== "number") throw this.#wrong(name, "a number of bytes", value);
    if (Number.isSafeInteger(value) && value >= min) return value;
    throw this.#outOfRange(name, `a whole number of at least ${min}`, value);
  }

  #wrong(name: string, expected: string, value: unknown): TypeError {
    return new TypeError(this.#text(name, expected, value));
  }

  #outOfRange(name: string, expected: string, value: unknown): RangeError {
    return new RangeError(this.#text(name, expected, value));
  }

  #text(name: string, expected: string, value: unknown): string {
    return `${this.#where}: ${name}: expected ${expected}, got ${shown(value)} (${typeof value}). Give another value or leave it out.`;
  }
}

/** @throws TypeError for an option that does not exist. */
export function expectKnown(
  where: string,
  options: unknown,
  names: Readonly<Record<string, true>>,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `${where}: expected an options object, got ${shown(options)} (${typeof options}). Leave it out for the defaults.`,
    );
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue;
    throw new TypeError(
      `${where}: expected one of ${Object.keys(names).join(", ")}, got ${name} (option). Check its spelling.`,
    );
  }
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (typeof value === "function") return "a function";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}
