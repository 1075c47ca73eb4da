import { dataProperty, isObject } from "./data-property.ts";

/** How a model uses tools: the Log API's four forms. */
export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } };

/** Everybody's words for it. */
const WORDS: ReadonlyMap<unknown, "none" | "auto" | "required"> = new Map([
  ["any", "required"],
  ["auto", "auto"],
  ["none", "none"],
  ["required", "required"],
  ["validated", "auto"],
]);

/**
 * How the model may use tools, from any provider's or framework's word for it, or `{ type }`,
 * `{ mode }`, `{ name }`, `{ toolName }`, `{ function: { name } }`; `undefined` for what the Log API
 * has no form for.
 */
export function toolChoice(value: unknown): ToolChoice | undefined {
  const of = (...keys: readonly string[]): unknown => keys.reduce(dataProperty, value);
  const names = [of("name"), of("toolName"), of("function", "name"), of("custom", "name")];
  const name = names.find((each) => typeof each === "string" && each !== "");
  if (typeof name === "string") return { type: "function", function: { name } };
  const word = isObject(value) ? (of("mode") ?? of("allowed_tools", "mode") ?? of("type")) : value;
  return typeof word === "string" ? WORDS.get(word.toLowerCase()) : undefined;
}
