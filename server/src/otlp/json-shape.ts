/**
 * Reads OTLP's messages as the protobuf JSON mapping allows them to be written: a name in
 * lowerCamelCase or as the field is declared, `null` or nothing for a default, an enumeration by
 * number or name, a 64 bit integer as a number or as text.
 *
 * @see https://protobuf.dev/programming-guides/json/
 */

/** An object that came from elsewhere, nothing known of it. */
export type Message = Readonly<Record<string, unknown>>;

/** The value as an object; `undefined` for anything else. */
export function asMessage(value: unknown): Message | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Message)
    : undefined;
}

/** A field by its camelCase name, or by the snake_case one it is declared with. */
export function fieldOf(message: Message, name: string): unknown {
  return message[name] ?? message[snakeCase(name)] ?? undefined;
}

/** A field that holds text; `""` where it holds anything else. */
export function textOf(message: Message, name: string): string {
  const value = fieldOf(message, name);
  return typeof value === "string" ? value : "";
}

/** A field that holds a list; empty where it is left out, `undefined` where it is no list. */
export function listOf(message: Message, name: string): readonly unknown[] | undefined {
  const value = fieldOf(message, name) ?? [];
  return Array.isArray(value) ? value : undefined;
}

/** A 64 bit integer, as protobuf's JSON or its wire gives it; `undefined` for anything else. */
export function asInteger(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === "string" && INTEGER.test(value) ? BigInt(value) : undefined;
}

/** An enumeration's number, also by the name `PREFIX_NAME`; 0 for anything else. */
export function enumOf(value: unknown, prefix: string, names: readonly string[]): number {
  if (typeof value === "string" && !INTEGER.test(value)) {
    return Math.max(0, names.indexOf(value.replace(prefix, "")));
  }
  const number = Number(asInteger(value) ?? 0n);
  return number in names ? number : 0;
}

/** No 64 bit integer has more digits, and BigInt takes its time for long texts. */
const INTEGER = /^-?\d{1,20}$/;

const known = new Map<string, string>();

/** The fields' names are this program's own, so there are few of them. */
function snakeCase(name: string): string {
  let snake = known.get(name);
  if (snake === undefined) {
    snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    known.set(name, snake);
  }
  return snake;
}
